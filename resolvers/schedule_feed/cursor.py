"""How far somebody has read, of each schedule that they follow: what a client keeps, and gives back when it returns."""

import base64
import binascii
import json
from collections.abc import Mapping
from functools import lru_cache

Positions = Mapping[str, int]
"""The number of the last event that was read, by provider."""


def encode_positions(positions: Positions) -> str:
    """Opaque to callers."""
    return _encoded(tuple(sorted(positions.items())))


@lru_cache(maxsize=1024)  # thousands who follow the same stand at the same place
def _encoded(positions: tuple[tuple[str, int], ...]) -> str:
    text = json.dumps(positions, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_positions(cursor: str) -> dict[str, int] | None:
    """None for anything that we did not make."""
    try:
        pairs = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        positions = dict(pairs)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    whole = all(
        isinstance(provider, str) and isinstance(number, int) and not isinstance(number, bool) and number >= 0
        for provider, number in positions.items()
    )
    return positions if whole else None
