"""Free starts of many providers in order of time, looked for a few days at a time."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from models.appointment import CancelledBy
from resolvers.access import Access
from resolvers.busy_time import busy_time
from resolvers.scheduling.span import Span
from resolvers.side import side_of
from resolvers.slot_search.offers import Offer

_FIRST = timedelta(days=1)
_PARTS = (timedelta(hours=3), timedelta(hours=9))
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
    return await _computed(access, offers, within, await _taken(access, offers, within))


async def _taken(access: Access, offers: Sequence[Offer], within: Span) -> dict[str, list[Span]]:
    """What can be in the way of a start within ``within``, by provider."""
    if within.start >= within.end or not offers:
        return {}
    by_visit_type = {offer.visit_type_id: offer.rules for offer in offers}  # buffers are those of the visit type
    around = [rules.busy_around(within) for rules in by_visit_type.values()]
    span = Span(min(each.start for each in around), max(each.end for each in around))
    return await busy_time(sorted({offer.provider_id for offer in offers}), span, access.instant)


async def _computed(access: Access, offers: Sequence[Offer], within: Span, taken: dict[str, list[Span]]) -> list[FreeStart]:
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
    """Free starts a piece at a time, each in order: of the first day, the next two, four ...: one command for each.

    ``backward`` begins with the last day. However long ``within`` is (``slot_range``), there are at most seven commands. The
    first day is computed in parts: where many providers are free, its first hours fill a page.
    """
    reach = [bookable_within(access, offer, within) for offer in offers]
    begin = min((span.start for span in reach), default=within.end)
    end = max((span.end for span in reach), default=within.start)
    length = _FIRST
    while begin < end:
        chunk = Span(max(begin, end - length), end) if backward else Span(begin, min(end, begin + length))
        taken = await _taken(access, offers, chunk)
        for piece in _pieces(chunk, backward) if length == _FIRST else [chunk]:
            yield await _computed(access, offers, piece, taken)
        begin, end = (begin, chunk.start) if backward else (chunk.end, end)
        length *= 2


def _pieces(day: Span, backward: bool) -> list[Span]:
    marks = sorted({day.start, day.end, *((day.end - part) if backward else (day.start + part) for part in _PARTS)})
    pieces = [Span(start, end) for start, end in pairwise(mark for mark in marks if day.start <= mark <= day.end)]
    return pieces[::-1] if backward else pieces
