"""A page of free slots, in order of time across providers."""

import base64
import binascii
import json
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from resolvers.context import RequestContext
from resolvers.errors import BadInput
from resolvers.pagination import Order, Page, PageRequest, page_of
from resolvers.scheduling.free_slot import FreeSlot
from resolvers.scheduling.span import Span
from resolvers.slot_search.free_starts import FreeStart, walk
from resolvers.slot_search.offers import Offer, SlotCriteria, find_offers

MOST_COUNTED = 1000
_INSTANT = timedelta(microseconds=1)
_BY_START = Order("start")
_MARK = "slot"
_FIRST_YEAR, _LAST_YEAR = 1970, 9000

Place = tuple[datetime, str, str]


async def find_slots(context: RequestContext, criteria: SlotCriteria, within: Span, request: PageRequest) -> Page[Any]:
    """A page of FreeSlot. Commands: two for who offers what, one for each chunk of days, one for the providers shown.

    The count stops at ``MOST_COUNTED``. Raises BadInput for what is no cursor of ours.
    """
    place = None if request.cursor is None else read_cursor(request.cursor, "before" if request.backward else "after")
    offers = await find_offers(context.access, criteria)

    async def count() -> int:
        return len(await _first(context, offers, within, MOST_COUNTED))

    found = await _first(context, offers, _beyond(within, place, request), request.size + 1, place, backward=request.backward)
    page: Page[Any] = page_of(found, _BY_START, request, count)
    return replace(page, documents=await _slots(context, page.documents), mark=cursor_of)


def _beyond(within: Span, place: Place | None, request: PageRequest) -> Span:
    """What is left of ``within`` beyond a place; others may start at the same time."""
    if request.size == 0:
        return Span(within.end, within.end)
    if place is None:
        return within
    if request.backward:
        return Span(within.start, max(within.start, min(within.end, place[0] + _INSTANT)))
    return Span(min(within.end, max(within.start, place[0])), within.end)


async def _first(
    context: RequestContext, offers: list[Offer], within: Span, size: int, place: Place | None = None, *, backward: bool = False
) -> list[FreeStart]:
    """At most ``size`` free starts beyond a place, in the order of walking."""
    found: list[FreeStart] = []
    async with aclosing(walk(context.access, offers, within, backward=backward)) as chunks:
        async for chunk in chunks:
            beyond = [free for free in chunk if place is None or (free.place < place if backward else free.place > place)]
            found += reversed(beyond) if backward else beyond
            if len(found) >= size:
                break
    return found[:size]


async def _slots(context: RequestContext, found: Any) -> list[FreeSlot]:
    ids = list(dict.fromkeys(free.offer.provider_id for free in found))
    providers = dict(zip(ids, await context.loaders.providers.load_many(ids), strict=True)) if ids else {}
    return [
        FreeSlot(provider, free.offer.visit_type, free.start, free.end)
        for free in found
        if (provider := providers[free.offer.provider_id]) is not None
    ]


def cursor_of(slot: FreeSlot) -> str:
    """Opaque to callers: a place in the order, whether or not its slot is still free."""
    text = json.dumps([_MARK, slot.start.isoformat(), slot.provider.id, slot.visit_type.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, argument: str) -> Place:
    """Raises BadInput for anything else than our own cursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        mark, start, provider_id, visit_type_id = json.loads(text)
        at = datetime.fromisoformat(start)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadInput(f"{argument} is not a cursor of this connection.", [argument]) from error
    if mark != _MARK or at.utcoffset() != timedelta() or at.year < _FIRST_YEAR or at.year > _LAST_YEAR:
        raise BadInput(f"{argument} is not a cursor of this connection.", [argument])
    return at, str(provider_id), str(visit_type_id)
