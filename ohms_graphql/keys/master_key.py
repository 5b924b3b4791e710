"""The master key, which wraps the data keys: in a file, or kept by AWS, Google or Vault, where it never leaves their hardware.

``OHMS_MASTER_KEY`` names it as Tink does: ``file:///etc/ohms/master.key``, ``aws-kms://arn:aws:kms:...``,
``gcp-kms://projects/...``, ``hcvault://vault.clinic.example:8200/transit/keys/ohms``. ``hex:`` and 64 digits is the key itself,
for where the environment is the only place for secrets.
"""

import os
import re
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import tink
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tink import aead, json_proto_keyset_format, secret_key_access

from ohms_graphql.errors import OhmsError
from ohms_graphql.sealer import derived_key
from ohms_graphql.settings import DERIVED_MASTER_KEY, DEVELOPMENT_SECRET_KEY, Settings

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class MasterKey:
    """``name`` tells people which it is, without a secret. ``open`` connects; it may block, and raises OhmsError."""

    name: str
    open: Callable[[], aead.Aead]


def master_key_of(settings: Settings) -> MasterKey:
    """Where ``settings`` say it is. Nothing is read or asked before ``open``."""
    uri = settings.master_key or DERIVED_MASTER_KEY
    scheme, _, rest = uri.partition(":")
    path = Path(rest.removeprefix("//"))
    token = settings.vault_token.get_secret_value() if settings.vault_token else None
    named: dict[str, MasterKey] = {
        "derived": derived_master_key(settings.secret_key.get_secret_value()),
        "embedded": MasterKey(f"file:{path}", lambda: _in_file(path, make=True)),
        "file": MasterKey(uri, lambda: _in_file(path, make=False)),
        "hex": MasterKey("hex:...", lambda: _given(rest)),
        "aws-kms": MasterKey(uri, lambda: _by_aws(uri)),
        "gcp-kms": MasterKey(uri, lambda: _by_google(uri)),
        "hcvault": MasterKey(uri, lambda: _by_vault(uri, token)),
    }
    return named[scheme]


def derived_master_key(secret: str = DEVELOPMENT_SECRET_KEY) -> MasterKey:
    """Made of the deployment's secret: for development on a server of one's own. Production refuses it."""
    return MasterKey(DERIVED_MASTER_KEY, lambda: _Gcm(derived_key(secret, "master key")))


class _Gcm(aead.Aead):  # type: ignore[misc]  # tink has no types
    def __init__(self, key: bytes) -> None:
        self._gcm = AESGCM(key)

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._gcm.encrypt(nonce, plaintext, associated_data)

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        try:
            return self._gcm.decrypt(ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:], associated_data)
        except Exception as error:
            raise tink.TinkError("not wrapped by this key") from error


def _given(digits: str) -> aead.Aead:
    if not re.fullmatch("[0-9a-fA-F]{64}", digits):
        raise OhmsError("OHMS_MASTER_KEY=hex:... needs 64 hexadecimal digits: `openssl rand -hex 32` makes them.")
    return _Gcm(bytes.fromhex(digits))


def make_key_file(path: Path) -> None:
    """A new key in a new file that only its owner reads. Raises FileExistsError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    text = json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN)
    # Linked into place whole: of processes that start together, one makes it and the others read it.
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    finally:
        fresh.unlink()


def _in_file(path: Path, *, make: bool) -> aead.Aead:
    if make and not path.exists():
        try:
            make_key_file(path)
        except FileExistsError:
            pass  # another process was first
        except OSError as error:
            raise OhmsError(f"The master key cannot be written to {path}: {error.strerror}.") from error
    try:
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise OhmsError(f"{path} can be read by others: `chmod 600 {path}`.")
        text = path.read_text()
    except OSError as error:
        reason = f"{error.strerror}. `ohms keys make-master-key` makes one"
        raise OhmsError(f"The master key cannot be read from {path}: {reason}.") from error
    try:
        handle = json_proto_keyset_format.parse(text, secret_key_access.TOKEN)
        found: aead.Aead = handle.primitive(aead.Aead)
    except (tink.TinkError, ValueError) as error:
        raise OhmsError(f"{path} holds no master key of OHMS.") from error
    return found


def _by_aws(uri: str) -> aead.Aead:
    try:
        import boto3  # noqa: PLC0415 -- an extra that most deployments do without
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415
        from tink.integration import awskms  # noqa: PLC0415
    except ImportError as error:
        raise _missing("aws") from error
    try:
        client = boto3.client("kms", region_name=uri.split(":")[4])
        found: aead.Aead = awskms.new_client(boto3_client=client, key_uri=uri).get_aead(uri)
    except (BotoCoreError, tink.TinkError, IndexError) as error:
        raise _unusable(uri) from error
    return found


def _by_google(uri: str) -> aead.Aead:
    try:
        from tink.integration import gcpkms  # noqa: PLC0415
    except ImportError as error:
        raise _missing("google") from error
    try:
        found: aead.Aead = gcpkms.GcpKmsClient(uri, None).get_aead(uri)
    except (tink.TinkError, ValueError, OSError) as error:
        raise _unusable(uri) from error
    return found


def _by_vault(uri: str, token: str | None) -> aead.Aead:
    try:
        import hvac  # noqa: PLC0415
        from tink.integration import hcvault  # noqa: PLC0415
    except ImportError as error:
        raise _missing("vault") from error
    parts = urlsplit(uri)
    # Only to a server on this machine without TLS.
    scheme = "http" if parts.hostname in {"127.0.0.1", "::1", "localhost"} else "https"
    try:
        client = hvac.Client(url=f"{scheme}://{parts.netloc}", token=token)
        found: aead.Aead = hcvault.new_aead(parts.path, client)
    except tink.TinkError as error:
        raise _unusable(uri) from error
    return found


def _missing(extra: str) -> OhmsError:
    return OhmsError(f"OHMS_MASTER_KEY needs packages that are not installed: `pip install ohms[{extra}]`.")


def _unusable(uri: str) -> OhmsError:
    return OhmsError(f"OHMS_MASTER_KEY={uri} cannot be used: see docs/operations.md for what it looks like.")
