"""Free starts of many providers in order of time, looked for a few days at a time."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.appointment import CancelledBy
from resolvers.access import Access
from resolvers.busy_time import busy_spans
from resolvers.scheduling.span import Span
from resolvers.side import side_of
from resolvers.slot_search.offers import Offer

_AT_A_TIME = 50
"""So many offers are computed before others get their turn of the loop."""


@dataclass(frozen=True, slots=True, order=True)
class FreeStart:
    """Ordered by time; those of one time by provider and visit type."""

    start: datetime
    offer: Offer

    @property
    def end(self) -> datetime:
        return self.offer.rules.visit(self.start).end

    @property
    def place(self) -> tuple[datetime, str, str]:
        return self.start, self.offer.provider_id, self.offer.visit_type_id


async def free_starts(access: Access, offers: Sequence[Offer], within: Span) -> list[FreeStart]:
    """All of them, in order: one command."""
    if within.start >= within.end or not offers:
        return []
    around = [offer.rules.busy_around(within) for offer in offers]
    span = Span(min(each.start for each in around), max(each.end for each in around))
    taken = await busy_spans(sorted({offer.provider_id for offer in offers}), span, access.instant)
    found = []
    for number, offer in enumerate(offers):
        if number % _AT_A_TIME == _AT_A_TIME - 1:
            await asyncio.sleep(0)
        bookable = bookable_within(access, offer, within)
        if bookable.start < bookable.end:
            found += [FreeStart(start, offer) for start in offer.rules.starts(bookable, taken.get(offer.provider_id, ()))]
    return sorted(found, key=lambda free: free.place)


def bookable_within(access: Access, offer: Offer, within: Span) -> Span:
    """The part of ``within`` whose slots the caller sees: only the desk sees beyond the notice and the horizon."""
    if side_of(access.principal, offer.provider_id) is not CancelledBy.PATIENT:
        return within
    bookable = offer.rules.bookable(access.instant)
    return Span(max(within.start, bookable.start), min(within.end, bookable.end))


async def walk(
    access: Access, offers: Sequence[Offer], within: Span, *, backward: bool = False
) -> AsyncGenerator[list[FreeStart], None]:
    """Free starts a chunk at a time, each in order: of the first day, the next two, four ...: one command for each.

    ``backward`` begins with the last day. However long ``within`` is (``slot_range``), there are at most seven chunks.
    """
    reach = [bookable_within(access, offer, within) for offer in offers]
    begin = min((span.start for span in reach), default=within.end)
    end = max((span.end for span in reach), default=within.start)
    length = timedelta(days=1)
    while begin < end:
        chunk = Span(max(begin, end - length), end) if backward else Span(begin, min(end, begin + length))
        yield await free_starts(access, offers, chunk)
        begin, end = (begin, chunk.start) if backward else (chunk.end, end)
        length *= 2
