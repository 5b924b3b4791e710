"""Ids of the scale clinic: ULIDs of the instant that a document was made at, as OHMS gives them, and the same every time."""

from datetime import datetime, timedelta
from enum import IntEnum

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [one + other for one in _LETTERS for other in _LETTERS]
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- this package counts in UTC without saying so: the driver is faster with it
_MILLISECOND = timedelta(milliseconds=1)
_TAILS = 10**16
_STRIDE = 6_364_136_223_846_793  # prime to 10 and so to _TAILS: no two numbers have one tail


class Kind(IntEnum):
    """Whose ids they are: no two kinds share one."""

    PROVIDER = 1
    PATIENT = 2
    APPOINTMENT = 3
    RECORD = 4
    COVERAGE = 5
    EVENT = 6
    ACCOUNT = 7


class Ids:
    """The ids of one kind in one practice, counted."""

    def __init__(self, kind: Kind, practice: int) -> None:
        self._number = (kind * 100_000 + practice) * 1_000_000

    def at(self, instant: datetime) -> str:
        """The next one. The instant in front; behind it ten thousand million million tails, scattered as chance would."""
        self._number += 1
        ms = (instant - _EPOCH) // _MILLISECOND
        tail = self._number * _STRIDE % _TAILS
        return (
            f"{_PAIRS[ms >> 40]}{_PAIRS[ms >> 30 & 1023]}{_PAIRS[ms >> 20 & 1023]}{_PAIRS[ms >> 10 & 1023]}{_PAIRS[ms & 1023]}"
            f"{tail:016d}"
        )
