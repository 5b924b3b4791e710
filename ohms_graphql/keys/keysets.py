"""Keysets of Google Tink: making them, adding keys, choosing the primary one, and wrapping them.

Tink's Python edition has no keyset manager: a keyset is a protocol buffer whose keys Tink makes. This is all that is done to it.
"""

import secrets
from collections.abc import Callable
from typing import Any, TypeAlias

import tink
from tink import aead, core, daead, prf, proto_keyset_format, secret_key_access, streaming_aead
from tink.cc.pybind import tink_bindings
from tink.proto import tink_pb2

from ohms_graphql.errors import OhmsError

for _primitives in (aead, daead, prf, streaming_aead):
    _primitives.register()

VALUES = "values"
SEARCHABLE = "searchable"
DOCUMENTS = "documents"
TOKENS = "tokens"

TEMPLATES: dict[str, Any] = {
    VALUES: aead.aead_key_templates.AES256_GCM,
    SEARCHABLE: daead.deterministic_aead_key_templates.AES256_SIV,
    DOCUMENTS: streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB,
    TOKENS: prf.prf_key_templates.HMAC_SHA256,
}
"""What each keyset is made of."""

Handle: TypeAlias = Any
"""``tink.KeysetHandle``; the package has no types."""

_ADVICE = "does OHMS_MASTER_KEY name the key that wrapped them, and may this process use it?"


def new_keyset(name: str) -> Handle:
    """With one key."""
    return tink.new_keyset_handle(TEMPLATES[name])


def with_key_added(handle: Handle, name: str) -> tuple[Handle, int]:
    """The keyset with one more key, which decrypts and does not encrypt yet; and that key's id."""
    keyset = _opened(handle)
    taken = {key.key_id for key in keyset.key}
    key_id = next(number for number in iter(lambda: secrets.randbits(31), None) if number not in taken and number > 0)
    template = TEMPLATES[name]
    added = keyset.key.add()
    added.key_data.CopyFrom(core.Registry.new_key_data(template))
    added.status = tink_pb2.ENABLED
    added.key_id = key_id
    added.output_prefix_type = template.output_prefix_type
    return _closed(keyset), key_id


def with_primary(handle: Handle, key_id: int) -> Handle:
    """The keyset with another key to encrypt with."""
    keyset = _opened(handle)
    keyset.primary_key_id = key_id
    return _closed(keyset)


def key_ids(handle: Handle) -> list[int]:
    """The primary key's first."""
    keyset = handle.keyset_info()
    others = [key.key_id for key in keyset.key_info if key.key_id != keyset.primary_key_id]
    return [keyset.primary_key_id, *others]


def single_keys(handle: Handle) -> list[Handle]:
    """A keyset for each key alone, the primary key's first."""
    keyset = _opened(handle)
    singles = []
    for key_id in key_ids(handle):
        single = tink_pb2.Keyset(primary_key_id=key_id)
        single.key.extend(key for key in keyset.key if key.key_id == key_id)
        singles.append(_closed(single))
    return singles


def openers_by_prefix(handle: Handle, kind: type, method: str) -> dict[bytes, Callable[[bytes, bytes], bytes]]:
    """What decrypts with each key, by what its ciphertexts begin with (Tink's wire format: 1, and the key's id in four bytes).

    They take what comes after that beginning, and the associated data; they raise FAULTS. A keyset's own primitive does the same
    and looks at every key's rules each time, which takes longer than decrypting a name.
    """
    return {
        b"\x01" + key.key_id.to_bytes(4): getattr(_bare(core.Registry.primitive(key.key_data, kind)), method)
        for key in _opened(handle).key
        if key.status == tink_pb2.ENABLED and key.output_prefix_type == tink_pb2.TINK
    }


def _bare(primitive: Any) -> Any:
    """The primitive in C++ within one in Python, if it shows it: what the outer one does is to give errors another name, and that
    takes as long as decrypting."""
    inner = vars(primitive)
    return inner.get("_aead") or inner.get("_deterministic_aead") or primitive


FAULTS = (core.TinkError, tink_bindings.PythonTinkException)


def wrapped(handle: Handle, master: aead.Aead) -> bytes:
    """Raises OhmsError when the master key cannot be used."""
    try:
        # Without associated data: Vault's transit engine takes none. A keyset in another's place is of another type and refused.
        sealed: bytes = proto_keyset_format.serialize_encrypted(handle, master, b"")
    except Exception as error:  # what the services' clients raise is theirs, and many
        raise OhmsError(f"The master key cannot encrypt ({type(error).__name__}): {_ADVICE}") from error
    return sealed


def unwrapped(sealed: bytes, master: aead.Aead) -> Handle:
    """Raises OhmsError when it was wrapped by another master key, or the master key cannot be used."""
    try:
        handle = proto_keyset_format.parse_encrypted(sealed, master, b"")
    except Exception as error:
        problem = f"The master key does not open the data keys of this database ({type(error).__name__})"
        raise OhmsError(f"{problem}: {_ADVICE}") from error
    return handle


def _opened(handle: Handle) -> Any:
    return tink_pb2.Keyset.FromString(proto_keyset_format.serialize(handle, secret_key_access.TOKEN))


def _closed(keyset: Any) -> Handle:
    return proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
