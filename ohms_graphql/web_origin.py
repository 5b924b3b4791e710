"""Addresses of the web, as settings name them."""

from collections.abc import Collection
from urllib.parse import urlsplit


def is_origin(value: str, *, with_path: bool = False, schemes: Collection[str] = ("http", "https")) -> bool:
    """Whether it is ``scheme://host[:port]``, with a path only where that is allowed, and nothing else."""
    try:
        parts = urlsplit(value)
        sound = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username) and (with_path or not parts.path)
    return sound and plain and parts.scheme in schemes and bool(parts.hostname)
