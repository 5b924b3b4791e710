"""Who sees which appointments, and what happened to them."""

from models.appointment import AppointmentStatus
from models.patient import ProxyScope
from resolvers.access import Access
from resolvers.policy.rule import (
    CARE,
    EMERGENCY,
    EVERYTHING,
    ORDINARY,
    PATIENTS,
    PROVIDERS,
    STAFF,
    Filter,
    Rules,
    VisibleBy,
    behind_glass,
    everything,
    one_of,
    under_care,
)

_NOT_WRONG: Filter = {"status": {"$ne": AppointmentStatus.ENTERED_IN_ERROR.value}}


async def _own_events(access: Access, _within: Filter) -> Filter | None:
    return one_of(access.own)


async def _proxied_events(access: Access, _within: Filter) -> Filter | None:
    rows = one_of(await access.proxied(ProxyScope.APPOINTMENTS))
    return None if rows is None else {**rows, **ORDINARY}


async def _own(access: Access, _within: Filter) -> Filter | None:
    rows = one_of(access.own)
    return None if rows is None else {**rows, **_NOT_WRONG}


async def _proxied(access: Access, within: Filter) -> Filter | None:
    rows = await _proxied_events(access, within)
    return None if rows is None else {**rows, **_NOT_WRONG}


async def _own_schedule(access: Access, within: Filter) -> Filter | None:
    provider_id = access.principal.provider_id
    if provider_id is None:
        return None
    # Whoever asks for their own schedule only needs nobody's care to be looked up.
    return EVERYTHING if within.get("provider_id") == provider_id else {"provider_id": provider_id}


_DESK = VisibleBy(name="front desk", roles=STAFF, why="Staff keep the schedules of all providers.", rows=everything)
_SCHEDULE = VisibleBy(
    name="own schedule", roles=PROVIDERS, why="Providers see their own schedule, whoever comes.", rows=_own_schedule
)
_UNDER_CARE = VisibleBy(name="under care", roles=PROVIDERS, why=CARE, rows=under_care)
_EMERGENCY = VisibleBy(name="break glass", roles=PROVIDERS, why=EMERGENCY, rows=behind_glass)
_OWN_WORDS = "Patients see their own visits, except those entered in error."
_PROXY_WORDS = (
    "Proxies for APPOINTMENTS see the patient's visits while their right holds, except confidential ones (45 CFR 164.502(g)(3))."
)


async def _own_feeds(access: Access, _within: Filter) -> Filter | None:
    return {"provider_id": access.principal.provider_id} if access.principal.provider_id else None


APPOINTMENT_RULES: Rules = (
    _DESK,
    VisibleBy(name="the patient", roles=PATIENTS, why=_OWN_WORDS, rows=_own),
    VisibleBy(name="proxy", roles=PATIENTS, why=_PROXY_WORDS, rows=_proxied),
    _SCHEDULE,
    _UNDER_CARE,
    _EMERGENCY,
)
SCHEDULE_EVENT_RULES: Rules = (
    _DESK,
    VisibleBy(name="the patient", roles=PATIENTS, why="Patients see what happened to their own visits.", rows=_own_events),
    VisibleBy(name="proxy", roles=PATIENTS, why=_PROXY_WORDS, rows=_proxied_events),
    _SCHEDULE,
    _UNDER_CARE,
    _EMERGENCY,
)
CALENDAR_FEED_RULES: Rules = (
    _DESK,
    VisibleBy(name="own feeds", roles=PROVIDERS, why="Providers see the calendar feeds of their own schedule.", rows=_own_feeds),
)
