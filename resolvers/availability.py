"""Changing when a provider is there."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from models.identity import new_id
from models.provider import Availability, AvailabilityException, Provider, WeeklyHours
from models.visit_type import VisitType
from resolvers.affected_visits import affected_visits
from resolvers.availability_rules import MOST_HORIZON_DAYS, MOST_NOTICE_MINUTES, check_exception, check_weekly, check_zone
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.provider_writing import must_be_own_or_desk, read_provider, tell_hours_changed, write_provider
from resolvers.scheduling.wall_clock import day_of, zone_of
from resolvers.user_errors import InvalidInput, NotFound, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """An ordinary week. None: as before."""

    weekly: Sequence[WeeklyHours]
    time_zone: str | None = None
    minimum_notice_minutes: int | None = None
    booking_horizon_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWish:
    """A day that shall differ: ``start`` and ``end`` on the wall clock, ``HH:MM``; none for leave of a whole day."""

    date: date
    start: str | None = None
    end: str | None = None
    available: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChangedHours:
    """``affected`` are ids of coming visits that lie outside of the hours now (``resolvers.affected_visits``)."""

    provider_id: str
    affected: list[str]
    exception_id: str | None = None


async def set_availability(
    context: RequestContext, provider_id: str, hours: Hours, expected_revision: int | None, key: str | None
) -> ChangedHours:
    """Replaces the week and keeps the days that differ.

    Raises Rejected: NotFound for a provider who is not the caller's and for visit types, InvalidInput for each field that cannot
    be used, Conflict.
    """
    must_be_own_or_desk(context, provider_id)
    _check_hours(hours)

    async def work(session: Session) -> Answer:
        await tell_hours_changed(context, session, provider_id)
        provider = await read_provider(session, provider_id, expected_revision, ["provider"])
        await _check_visit_types(session, provider, hours.weekly)
        given = {
            "weekly": list(hours.weekly),
            "minimum_notice_minutes": hours.minimum_notice_minutes,
            "booking_horizon_days": hours.booking_horizon_days,
        }
        changed = provider.availability.model_copy(update={name: value for name, value in given.items() if value is not None})
        zone = {} if hours.time_zone is None else {"time_zone": hours.time_zone}
        return await _store(context, session, provider, changed, **zone)

    weekly = [window.model_dump(mode="json") for window in hours.weekly]
    noted = {**asdict(hours), "weekly": weekly, "provider": provider_id, "revision": expected_revision}
    return _changed(await once(context, "setAvailability", key, noted, work))


async def add_exception(
    context: RequestContext, provider_id: str, day: DayWish, expected_revision: int | None, key: str | None
) -> ChangedHours:
    """Raises Rejected: NotFound, InvalidInput for each field that cannot be used, Conflict."""
    must_be_own_or_desk(context, provider_id)

    async def work(session: Session) -> Answer:
        await tell_hours_changed(context, session, provider_id)
        provider = await read_provider(session, provider_id, expected_revision, ["provider"])
        wanted = AvailabilityException(id=new_id(), **asdict(day))
        complaints, zone = Complaints(), _known_zone(provider.time_zone)
        check_exception(complaints, wanted, provider.availability.exceptions, day_of(context.access.instant, zone))
        complaints.check()
        exceptions = sorted([*provider.availability.exceptions, wanted], key=lambda each: (each.date, each.start or ""))
        changed = provider.availability.model_copy(update={"exceptions": exceptions})
        return {**await _store(context, session, provider, changed), "exception": wanted.id}

    noted = {**asdict(day), "provider": provider_id, "revision": expected_revision}
    return _changed(await once(context, "addAvailabilityException", key, noted, work))


async def remove_exception(
    context: RequestContext, provider_id: str, exception_id: str, expected_revision: int | None, key: str | None
) -> ChangedHours:
    """Raises Rejected: NotFound, Conflict."""
    must_be_own_or_desk(context, provider_id)

    async def work(session: Session) -> Answer:
        await tell_hours_changed(context, session, provider_id)
        provider = await read_provider(session, provider_id, expected_revision, ["provider"])
        kept = [exception for exception in provider.availability.exceptions if exception.id != exception_id]
        if len(kept) == len(provider.availability.exceptions):
            raise Rejected(NotFound(message="No such day.", path=["exception"]))
        return await _store(context, session, provider, provider.availability.model_copy(update={"exceptions": kept}))

    noted = {"provider": provider_id, "exception": exception_id, "revision": expected_revision}
    return _changed(await once(context, "removeAvailabilityException", key, noted, work))


async def _store(
    context: RequestContext, session: Session, provider: Provider, availability: Availability, **more: Any
) -> Answer:
    _known_zone(more.get("time_zone", provider.time_zone))
    after = await write_provider(context, session, provider, availability=availability, **more)
    return {"provider": after.id, "affected": await affected_visits(context, session, after)}


def _known_zone(name: str) -> ZoneInfo:
    """Imported providers may have a zone that is none: it has to be set first. Raises Rejected."""
    try:
        return zone_of(name)
    except ValueError as error:
        raise Rejected(InvalidInput(message=f"{error} Set the provider's zone first.", path=["timeZone"])) from error


def _changed(answer: Answer) -> ChangedHours:
    return ChangedHours(answer["provider"], answer["affected"], answer.get("exception"))


def _check_hours(hours: Hours) -> None:
    complaints = Complaints()
    if hours.time_zone is not None:
        check_zone(complaints, hours.time_zone, ["timeZone"])
    check_weekly(complaints, hours.weekly, ["weekly"])
    complaints.number(["minimumNoticeMinutes"], hours.minimum_notice_minutes, 0, MOST_NOTICE_MINUTES)
    complaints.number(["bookingHorizonDays"], hours.booking_horizon_days, 1, MOST_HORIZON_DAYS)
    complaints.check()


async def _check_visit_types(session: Session, provider: Provider, weekly: Sequence[WeeklyHours]) -> None:
    named = {visit_type_id for hours in weekly for visit_type_id in hours.visit_type_ids}
    if not named:
        return
    known = set(await VisitType.get_pymongo_collection().distinct("_id", {"_id": {"$in": sorted(named)}}, session=session))
    complaints = Complaints()
    for number, hours in enumerate(weekly):
        for place, visit_type_id in enumerate(hours.visit_type_ids):
            path = ["weekly", str(number), "visitTypes", str(place)]
            if visit_type_id not in known:
                complaints.found.append(NotFound(message="No such visit type.", path=path))
            elif visit_type_id not in provider.visit_type_ids:
                complaints.add(path, "The provider does not offer this visit type.")
    complaints.check()
