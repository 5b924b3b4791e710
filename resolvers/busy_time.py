"""Taking and giving back time: the one guard against double booking, on every road, decided by the database.

A taken period stands in the document of each UTC day that it touches. It is put there by one conditional update: only where no
period that still holds overlaps it. Two overlapping periods share a day; so of two that are claimed at once, whichever commits
second finds the other or conflicts with it, and is run again.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from models.busy_day import BusyDay, busy_day_id, utc_days
from resolvers.ports import Session
from resolvers.scheduling.span import Period, Span, joined

_SHOWN = {"_id": 0, "owner_id": 1, "periods.start": 1, "periods.end": 1, "periods.expires_at": 1, "periods.appointment_id": 1}
_PLAIN: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=False)


class Taken(Exception):
    """The time is not free. The transaction is lost; nothing was written."""

    def __init__(self, owner_id: str, span: Span) -> None:
        super().__init__("The time is not free.")
        self.owner_id = owner_id
        self.span = span


async def claim(
    session: Session,
    owner_id: str,
    span: Span,
    appointment_id: str,
    instant: datetime,
    *,
    over_others: bool = False,
    until: datetime | None = None,
) -> None:
    """Takes ``span`` of a provider's or patient's time within the transaction. Raises Taken.

    ``until`` makes it a hold that ends by itself. ``over_others`` is for staff who override on purpose: it is put there whatever
    else there is, and is found by everybody after it.
    """
    period: dict[str, Any] = {"start": span.start, "end": span.end, "appointment_id": appointment_id, "expires_at": until}
    for day in utc_days(span.start, span.end):
        free: dict[str, Any] = {} if over_others else {"periods": {"$not": {"$elemMatch": overlapping(span, instant)}}}
        # MongoDB stores calendar dates as text here, as Beanie does (models.base).
        made = {"owner_id": owner_id, "day": day.isoformat(), "revision": 1, "created_at": instant}
        try:
            await _days().update_one(
                {"_id": busy_day_id(owner_id, day), **free},
                {"$push": {"periods": period}, "$setOnInsert": made, "$set": {"updated_at": instant}},
                upsert=True,
                session=session,
            )
        except DuplicateKeyError as error:
            # The day is there, and did not match: something overlaps.
            raise Taken(owner_id, span) from error


async def release(session: Session, owner_id: str, spans: Sequence[Span], appointment_id: str) -> None:
    """Gives back what the appointment took or held within ``spans``."""
    ids = sorted({busy_day_id(owner_id, day) for span in spans for day in utc_days(span.start, span.end)})
    if ids:
        await _days().update_many(
            {"_id": {"$in": ids}, "periods.appointment_id": appointment_id},
            {"$pull": {"periods": {"appointment_id": appointment_id}}},
            session=session,
        )


async def busy_spans(
    owner_ids: Sequence[str], within: Span, instant: datetime, but: str | None = None, session: Session | None = None
) -> dict[str, list[Span]]:
    """What is taken of the owners' time that overlaps ``within``, by owner and in order: one command. Expired holds are free."""
    taken = await _periods(owner_ids, within, instant, but, session)
    return {owner_id: [_span(*period) for period in sorted(periods)] for owner_id, periods in taken.items()}


async def busy_time(owner_ids: Sequence[str], within: Span, instant: datetime) -> dict[str, list[Span]]:
    """As ``busy_spans``, with what overlaps or touches put together: for finding what is free among thousands of periods."""
    taken = await _periods(owner_ids, within, instant, None, None)
    return {owner_id: [_span(*period) for period in joined(periods)] for owner_id, periods in taken.items()}


async def _periods(
    owner_ids: Sequence[str], within: Span, instant: datetime, but: str | None, session: Session | None
) -> dict[str, set[Period]]:
    """In UTC, without a zone: much faster to read and to sort."""
    days = utc_days(within.start, within.end)
    matching = {"owner_id": {"$in": list(owner_ids)}, "day": {"$gte": days[0].isoformat(), "$lte": days[-1].isoformat()}}
    begin, end, now = (each.replace(tzinfo=None) for each in (within.start, within.end, instant))
    taken: dict[str, set[Period]] = {}
    cursor = _days().with_options(codec_options=_PLAIN).find(matching, _SHOWN, batch_size=1_000_000, session=session)
    async for day in cursor:
        periods = taken.setdefault(day["owner_id"], set())
        for period in day["periods"]:
            if period["start"] < end and period["end"] > begin and period["appointment_id"] != but and holds(period, now):
                periods.add((period["start"], period["end"]))
    return taken


def _span(start: datetime, end: datetime) -> Span:
    return Span(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))


def overlapping(span: Span, instant: datetime) -> dict[str, Any]:
    """Matches a period that overlaps ``span`` and is more than a hold that has expired."""
    lasting = [{"expires_at": None}, {"expires_at": {"$gt": instant}}]
    return {"start": {"$lt": span.end}, "end": {"$gt": span.start}, "$or": lasting}


def holds(period: dict[str, Any], instant: datetime) -> bool:
    expires_at = period.get("expires_at")
    return expires_at is None or expires_at > instant


def _days() -> AsyncCollection[dict[str, Any]]:
    return BusyDay.get_pymongo_collection()
