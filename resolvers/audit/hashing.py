"""HMACs that tie the audit trail together: whoever can write to the database, and has no key, cannot make them."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
_PSEUDONYM_LENGTH = 16
_BLOCK_BYTES = 64


class TrailKey:
    """The deployment's key for the trail. What it signs differs by ``kind``, so that no seal can stand in for an entry."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        # The states of an HMAC before its message (RFC 2104): taking them up is half the work of making them for each row.
        self._inner, self._outer = (hashlib.sha256(bytes(byte ^ pad for byte in _block(key))) for pad in (0x36, 0x5C))
        # One caller's operations follow one another, and thousands may come through one proxy.
        self.pseudonym = lru_cache(maxsize=4096)(self._pseudonym)

    def sign(self, kind: bytes, row: Mapping[str, Any]) -> str:
        """The HMAC-SHA256 of all of a stored row except its ``hash``, in hexadecimal."""
        content = dict(row)
        content.pop("hash", None)
        return self.sign_new(kind, content)

    def sign_new(self, kind: bytes, row: dict[str, Any]) -> str:
        """The same of a row that has no ``hash`` yet."""
        at = row.get("at")
        if type(at) is datetime:
            row["at"] = _instant(at)  # as ``_written`` does, without orjson calling back for each row
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(kind + orjson.dumps(row, default=_written, option=_OPTIONS))
        outer.update(inner.digest())
        if type(at) is datetime:
            row["at"] = at
        return outer.hexdigest()

    def signed(self, kind: bytes, row: Mapping[str, Any]) -> bool:
        """Whether the row's ``hash`` is its own. False for whatever somebody else put in its place."""
        try:
            own = self.sign(kind, row)
        except (orjson.JSONEncodeError, TypeError):
            return False
        return isinstance(row.get("hash"), str) and hmac.compare_digest(own.encode(), row["hash"].encode())

    def _pseudonym(self, address: str) -> str:
        """Tells addresses apart without telling them."""
        return hmac.digest(self._key, b"client" + address.encode(), hashlib.sha256).hex()[:_PSEUDONYM_LENGTH]


def _block(key: bytes) -> bytes:
    """The key as the HMAC takes it: filled up to a block of SHA-256, a longer one as its digest."""
    return (hashlib.sha256(key).digest() if len(key) > _BLOCK_BYTES else key).ljust(_BLOCK_BYTES, b"\0")


@lru_cache(maxsize=16)
def _instant(value: datetime) -> str:
    """Rows of one operation have the same."""
    return value.astimezone(UTC).isoformat()


def _written(value: object) -> str:
    """Each type in a form of its own, and the same before it was stored as after."""
    if isinstance(value, datetime):
        return _instant(value)
    return f"{type(value).__name__}:{value!r}"


ENTRY, SEAL, CHECKPOINT = b"entry", b"seal", b"checkpoint"
"""Kinds of signed rows."""

START = ""
"""Stands for the hash before the first one of a chain."""
