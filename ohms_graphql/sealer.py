"""Secrets that must be read again, sealed with a key of this deployment: JWE, AES-256-GCM (RFC 7516, 7518)."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_PROTECTED = {"alg": "dir", "enc": "A256GCM"}


def derived_key(secret: str, purpose: str, length: int = 32) -> bytes:
    """A key for one purpose from the deployment's secret (HKDF, RFC 5869): one that leaks tells nothing of the others."""
    return HKDF(SHA256(), length, salt=None, info=f"ohms {purpose}".encode()).derive(secret.encode())


class JweSealer:
    def __init__(self, secret: str) -> None:
        self._key = OctKey.import_key(derived_key(secret, "sealed secrets"))

    def seal(self, secret: str) -> str:
        return jwe.encrypt_compact(_PROTECTED, secret.encode(), self._key)

    def unseal(self, sealed: str) -> str:
        """Raises ValueError for what was not sealed with this key."""
        try:
            plain = jwe.decrypt_compact(sealed, self._key).plaintext
        except JoseError as error:
            raise ValueError("not sealed by this deployment") from error
        if plain is None:
            raise ValueError("not sealed by this deployment")
        return plain.decode()
