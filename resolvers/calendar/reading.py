"""What is read through a calendar link: as the account it was made for, with the rights that the account has now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from beanie import SortDirection

from models.account import Account, AccountStatus
from models.appointment import HOLDS_TIME, Appointment
from models.calendar_feed import CalendarFeed
from models.role import Role
from resolvers.audit.asked import Asked
from resolvers.calendar.entry import CalendarEntry, schedule_entry, visit_entry
from resolvers.context import RequestContext
from resolvers.policy import restrict
from resolvers.principal import Principal, principal_of
from resolvers.rows import ONE_BATCH

PAST = timedelta(days=30)
AHEAD = timedelta(days=180)
MOST = 2000
"""Visits in a feed: about fifteen on each working day of its 210 days. What is further ahead than they reach is left out."""

_VISIT = Asked("calendar.appointment", coordinates=lambda: {"Appointment": ["Appointment.calendarUrl"]})
_FEED = Asked(
    "calendar.feed", coordinates=lambda: {"Appointment": ["Appointment.start", "Appointment.end"], "Patient": ["Patient.name"]}
)
_READERS = frozenset({Role.PATIENT, Role.PROVIDER, Role.STAFF})


@dataclass(frozen=True, slots=True)
class Schedule:
    """``name`` is the provider's."""

    name: str
    entries: Sequence[CalendarEntry]


async def become(context: RequestContext, account_id: str) -> Account | None:
    """From now on the context is the account's. None, and nothing changes, where it is gone or closed."""
    account = await Account.get(account_id)
    if account is None or account.status is not AccountStatus.ACTIVE:
        return None
    context.renew(principal_of(account))
    return account


@dataclass(frozen=True, slots=True)
class Invitation:
    """``guest`` is the e-mail address of the account that reads it."""

    entry: CalendarEntry
    guest: str


async def read_visit(context: RequestContext, account_id: str, appointment_id: str) -> Invitation | None:
    """As the account. None for what is not there, not (or no longer) the account's to see, or without a time."""
    context.asked = _VISIT
    account = await become(context, account_id)
    if account is None or _READERS.isdisjoint(account.roles):
        context.trail.asked_in_vain(Appointment, [appointment_id])
        return None
    loaders = context.loaders
    visit = await loaders.appointments.load(appointment_id)
    if visit is None:
        return None
    organization = None if visit.organization_id is None else await loaders.organizations.load(visit.organization_id)
    entry = visit_entry(visit, await loaders.providers.load(visit.provider_id), organization)
    return None if entry is None else Invitation(entry, account.email)


def may_read_schedule(principal: Principal, provider_id: str) -> bool:
    """Whether the caller may have a feed of this provider, and read it."""
    own = Role.PROVIDER in principal.roles and principal.provider_id == provider_id
    return own or Role.STAFF in principal.roles


async def read_schedule(context: RequestContext, feed: CalendarFeed) -> Schedule | None:
    """The visits that hold the provider's time, from 30 days back to 180 ahead. None where the caller has lost the right."""
    context.asked = _FEED
    provider = await context.loaders.providers.load(feed.provider_id)
    if provider is None or not may_read_schedule(context.principal, feed.provider_id):
        return None
    access = context.access
    held = {"$in": sorted(status.value for status in HOLDS_TIME)}
    span = {"$gte": access.instant - PAST, "$lt": access.instant + AHEAD}
    visible = await restrict(Appointment, access, {"provider_id": feed.provider_id, "start": span, "status": held})
    found = Appointment.find(visible, batch_size=ONE_BATCH).sort([("start", SortDirection.ASCENDING)]).limit(MOST)
    visits = access.shown(await found.to_list())
    patients = await context.loaders.patients.load_many(list(dict.fromkeys(visit.patient_id for visit in visits)))
    by_id = {patient.id: patient for patient in patients if patient is not None}
    entries = [schedule_entry(visit, by_id.get(visit.patient_id)) for visit in visits]
    return Schedule(provider.name.text, [entry for entry in entries if entry is not None])
