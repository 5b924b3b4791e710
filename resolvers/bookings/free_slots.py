"""The next free slots of a provider, for somebody whose wish cannot be met."""

from datetime import datetime, timedelta

from resolvers.bookings.ground import Ground
from resolvers.busy_time import busy_spans
from resolvers.scheduling.free_slot import FreeSlot
from resolvers.scheduling.span import Span

OFFERED = 3
_CHUNKS = (3, 11, 30)
"""Days that are looked through, one command each."""


async def next_free(ground: Ground, after: datetime, instant: datetime, but: str | None = None) -> list[FreeSlot]:
    """At most three, starting at or after ``after``, free for provider and patient, and such as the caller may book."""
    bookable = ground.rules.bookable(instant)
    begin = max(after, bookable.start if ground.by_patient else instant)
    found: list[FreeSlot] = []
    for days in _CHUNKS:
        end = begin + timedelta(days=days)
        within = Span(begin, min(end, bookable.end) if ground.by_patient else end)
        if within.start >= within.end:
            break
        found += await _free(ground, within, instant, but)
        if len(found) >= OFFERED:
            break
        begin = end
    return found[:OFFERED]


async def _free(ground: Ground, within: Span, instant: datetime, but: str | None) -> list[FreeSlot]:
    provider, patient, rules = ground.provider, ground.patient, ground.rules
    around = within.padded(timedelta(days=1), timedelta(days=1))
    taken = await busy_spans([provider.id, patient.id], around, instant, but)
    elsewhere = taken.get(patient.id, [])
    return [
        FreeSlot(provider, ground.visit_type, start, rules.visit(start).end)
        for start in rules.starts(within, taken.get(provider.id, []))
        if not any(rules.visit(start).overlaps(span) for span in elsewhere)
    ]
