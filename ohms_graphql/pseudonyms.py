"""Pseudonyms: ids encrypted with a key of this deployment (AES-SIV, RFC 5297)."""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from ohms_graphql.sealer import derived_key

_LONGEST = 2000


class SivPseudonyms:
    """The same text gives the same pseudonym, so that rows can be joined; without the key it can neither be read nor made."""

    def __init__(self, secret: str) -> None:
        self._siv = AESSIV(derived_key(secret, "pseudonyms", 64))

    def hide(self, kind: str, plain: str) -> str:
        return base64.b32encode(self._siv.encrypt(plain.encode(), [kind.encode()])).decode().rstrip("=")

    def reveal(self, kind: str, pseudonym: str) -> str | None:
        """None for what this deployment did not make for this kind, other spellings of what it made included."""
        if len(pseudonym) > _LONGEST:
            return None
        try:
            sealed = base64.b32decode(pseudonym + "=" * (-len(pseudonym) % 8))
            plain = self._siv.decrypt(sealed, [kind.encode()]).decode()
        except (binascii.Error, ValueError, InvalidTag):
            return None
        return plain if self.hide(kind, plain) == pseudonym else None
