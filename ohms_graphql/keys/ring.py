"""The key ring: what encrypts and decrypts values, by Google Tink."""

from collections.abc import Mapping

from tink import aead, daead, prf, streaming_aead

from models.secret import SecretFault
from ohms_graphql.keys.keysets import (
    DOCUMENTS,
    FAULTS,
    SEARCHABLE,
    TEMPLATES,
    TOKENS,
    VALUES,
    Handle,
    key_ids,
    new_keyset,
    openers_by_prefix,
    single_keys,
)

PREFIX_BYTES = 5
"""Of a ciphertext: 1, and the id of its key in four bytes, the most significant first (Tink's wire format)."""

_TOKEN_BYTES = 8
_FAULTS = (KeyError, *FAULTS)
"""A KeyError is for a key that is not in the ring."""


class TinkKeyRing:
    """Implements ``models.secret.KeyRing``. AES-256-GCM for values, AES-SIV where equal values have to stay equal (RFC 5297)."""

    def __init__(self, keysets: Mapping[str, Handle]) -> None:
        self.keysets = dict(keysets)
        self._values = self.keysets[VALUES].primitive(aead.Aead)
        self._searchable = self.keysets[SEARCHABLE].primitive(daead.DeterministicAead)
        self._each_searchable = [key.primitive(daead.DeterministicAead) for key in single_keys(self.keysets[SEARCHABLE])]
        self._open = openers_by_prefix(self.keysets[VALUES], aead.Aead, "decrypt")
        self._open_alike = openers_by_prefix(self.keysets[SEARCHABLE], daead.DeterministicAead, "decrypt_deterministically")
        self._tokens = self.keysets[TOKENS].primitive(prf.PrfSet).primary()
        self.streaming: streaming_aead.StreamingAead = self.keysets[DOCUMENTS].primitive(streaming_aead.StreamingAead)
        self.primary_ids = {name: key_ids(handle)[0] for name, handle in self.keysets.items()}

    def seal(self, plain: bytes, place: str) -> bytes:
        sealed: bytes = self._values.encrypt(plain, place.encode())
        return sealed

    def open(self, sealed: bytes, place: str) -> bytes:
        try:
            return self._open[sealed[:PREFIX_BYTES]](sealed[PREFIX_BYTES:], place.encode())
        except _FAULTS:
            raise SecretFault(place) from None  # Tink's own text says less, and nothing else

    def seal_alike(self, plain: bytes, place: str) -> bytes:
        sealed: bytes = self._searchable.encrypt_deterministically(plain, place.encode())
        return sealed

    def open_alike(self, sealed: bytes, place: str) -> bytes:
        try:
            return self._open_alike[sealed[:PREFIX_BYTES]](sealed[PREFIX_BYTES:], place.encode())
        except _FAULTS:
            raise SecretFault(place) from None

    def alike(self, plain: bytes, place: str) -> list[bytes]:
        return [key.encrypt_deterministically(plain, place.encode()) for key in self._each_searchable]

    def token(self, text: str, place: str) -> int:
        digest: bytes = self._tokens.compute(f"{place}\0{text}".encode(), _TOKEN_BYTES)
        return int.from_bytes(digest) >> 1


def key_id_of(sealed: bytes) -> int | None:
    """The key that a ciphertext was made with; None for what is none."""
    return int.from_bytes(sealed[1:PREFIX_BYTES]) if len(sealed) > PREFIX_BYTES and sealed[0] == 1 else None


def new_key_ring() -> TinkKeyRing:
    return TinkKeyRing({name: new_keyset(name) for name in TEMPLATES})
