"""Checks that the trail is as it was written, and names the sequence from which on it is not."""

from collections.abc import Callable

from models.audit_event import CHAIN_LENGTH
from resolvers.audit.hashing import ENTRY, TrailKey
from resolvers.audit.log import Anchor, Row, Verification
from resolvers.audit.strays import first_stray
from resolvers.audit.walking import Break, Place, SealPassed, walk, with_entries

Progress = Callable[[int], None]


class Verifier:
    """One verification. ``progress`` hears now and then how many entries were checked."""

    def __init__(self, key: TrailKey, anchor: Anchor | None = None, progress: Progress | None = None) -> None:
        self._key = key
        self._anchor = anchor
        self._progress = progress
        self._checked = 0
        self._before: tuple[str, str] | None = None
        self._end = -1

    async def verify(self, first: int | None, last: int | None) -> Verification:
        """Seals first, then call this. Without bounds the whole trail, what was slipped in between as well."""
        broken_at = await self._walk(first or 0, last)
        if broken_at is None and last is None and self._anchor is not None and self._end < self._anchor.sequence:
            broken_at = self._end + 1  # the end was cut off
        if broken_at is None and first is None and last is None:
            broken_at = await first_stray()
        return Verification(intact=broken_at is None, checked=self._checked, broken_at=broken_at)

    async def _walk(self, first: int, last: int | None) -> int | None:
        async for step, row in with_entries(walk(self._key, first)):
            match step:
                case Break(sequence=sequence):
                    return sequence if last is None or sequence <= last else None
                case SealPassed():
                    if not self._agrees(step):
                        return step.last
                    self._end = step.last
                case Place(sequence=sequence):
                    if self._end < 0:
                        self._end = sequence - 1  # an anchor before the beginning has nothing to be held against
                    if last is not None and sequence > last:
                        return None
                    if sequence >= first and not self._is_right(step, row):
                        return sequence
        return None

    def _agrees(self, passed: SealPassed) -> bool:
        anchor = self._anchor
        if anchor is None or passed.last < anchor.sequence or self._end >= anchor.sequence:
            return True
        return passed == SealPassed(anchor.sequence, anchor.hash)

    def _is_right(self, place: Place, row: Row | None) -> bool:
        if row is None or place.missing:
            return False
        chain = place.entry_id[:CHAIN_LENGTH]
        before = self._before[1] if self._before and self._before[0] == chain else None
        expected = place.previous if place.previous is not None else before
        self._before = (chain, str(row.get("hash")))
        self._checked += 1
        if self._progress is not None and self._checked % 1000 == 0:
            self._progress(self._checked)
        return (
            self._key.signed(ENTRY, row)
            and (expected is None or row["previous"] == expected)
            and (place.hash is None or row["hash"] == place.hash)
        )
