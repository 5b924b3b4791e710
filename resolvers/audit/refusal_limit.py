"""Strangers cannot fill the trail: beyond a limit their refusals are counted, and the count goes into their next entry."""

from collections import OrderedDict
from datetime import datetime, timedelta

PER_MINUTE = 100
_REMEMBERED = 10_000
_MINUTE = timedelta(minutes=1)


class RefusalLimit:
    """Refusals of callers who are not signed in, by address, in this process."""

    def __init__(self) -> None:
        self._by_address: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def admit(self, address: str, instant: datetime) -> int | None:
        """None when a refusal is not to be listed; otherwise how many were not before it."""
        since, count = self._by_address.pop(address, (instant, 0))
        unlisted = 0
        if instant - since >= _MINUTE:
            unlisted, since, count = max(0, count - PER_MINUTE), instant, 0
        self._by_address[address] = (since, count + 1)
        if len(self._by_address) > _REMEMBERED:
            self._by_address.popitem(last=False)
        return unlisted if count < PER_MINUTE else None
