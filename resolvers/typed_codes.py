"""Codes that people copy from a screen or a mail: Crockford's base 32, in groups, forgiving when typed in."""

import hashlib
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_GROUP = 4


def new_typed_code(length: int) -> str:
    """Five random bits in each character: ``7KQ2-9FHM-...``."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(length))
    return "-".join(text[start : start + _GROUP] for start in range(0, length, _GROUP))


def plain(code: str) -> str:
    """What counts of a code as it was typed."""
    return "".join(code.split()).upper().translate(_LOOKALIKES)


def digest_of(code: str) -> str:
    """What is stored of a code. Plain SHA-256 does: nobody guesses eighty random bits."""
    return hashlib.sha256(plain(code).encode()).hexdigest()
