"""Which rows a caller may see. The one place that says so.

``restrict`` is the first step of every query and every loader. Its answer is a MongoDB filter, so that what a caller may not see
and what does not exist cannot be told apart: not in lists, counts, cursors or ``node``.

Rules: patients see themselves, and those they are proxy for within scope and dates; providers see patients under their care (care
team, or an appointment with them); staff see demographics, schedules, billing and coverage; administrators see accounts; analysts
see the directory until de-identified rows exist. Several roles add up. No role, no rows.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from models.account import Account
from models.appointment import Appointment, AppointmentStatus, ScheduleEvent
from models.base import StoredDocument
from models.coverage import Coverage, CoverageStatus, EligibilityCheck
from models.education import EducationResource
from models.invoice import Invoice, InvoiceStatus, Payment
from models.organization import Organization
from models.patient import Patient, ProxyScope
from models.provider import Provider
from models.record import Confidentiality, Record, RecordStatus, RecordVersion
from models.role import Role
from models.visit_type import VisitType
from resolvers.access import Access

Filter = dict[str, Any]

EVERYTHING: Filter = {}
NOTHING: Filter = {"_id": {"$in": []}}

# A rule gives the alternatives by which rows become visible; none means nothing is.
Rule = Callable[[Access, Filter], Awaitable[list[Filter]]]


async def restrict(document: type[StoredDocument], access: Access, within: Filter) -> Filter:
    """``within`` narrowed to the rows of ``document`` that the caller may see.

    ``within`` is the caller's own filter: where it already names a patient or the caller's own schedule, the rule needs to look
    up less. A document without a rule, or a caller without a role, gets nothing.
    """
    rule = _RULES.get(_root(document))
    alternatives = await rule(access, within) if rule and access.principal.roles else []
    if not alternatives:
        return NOTHING
    if EVERYTHING in alternatives:
        return within
    policy = alternatives[0] if len(alternatives) == 1 else {"$or": alternatives}
    if not within:
        return policy
    return {"$and": [within, policy]} if within.keys() & policy.keys() else {**within, **policy}


def _root(document: type[StoredDocument]) -> type[StoredDocument]:
    return Record if issubclass(document, Record) else document


async def _patients(access: Access, _within: Filter) -> list[Filter]:
    principal = access.principal
    if Role.STAFF in principal.roles:
        return [EVERYTHING]
    alternatives: list[Filter] = []
    if Role.PATIENT in principal.roles:
        alternatives.append({"_id": {"$in": await access.acts_for()}})
    if Role.PROVIDER in principal.roles and principal.provider_id:
        alternatives.append({"care_team.provider_id": principal.provider_id})
        alternatives.append({"treated_by": principal.provider_id})
    return alternatives


async def _under_care(access: Access, within: Filter) -> Filter:
    """Rows of patients under the calling provider's care."""
    return {"patient_id": {"$in": await access.under_care(_named_patients(within))}}


def _named_patients(within: Filter) -> list[str] | None:
    """The patients that a filter is limited to, or None when it names none."""
    match within.get("patient_id"):
        case str() as patient_id:
            return [patient_id]
        case {"$in": list() as patient_ids}:
            return patient_ids
        case _:
            return None


async def _appointments(access: Access, within: Filter) -> list[Filter]:
    principal = access.principal
    if Role.STAFF in principal.roles:
        return [EVERYTHING]
    alternatives: list[Filter] = []
    if Role.PATIENT in principal.roles:
        own = {"patient_id": {"$in": await access.acts_for(ProxyScope.APPOINTMENTS)}}
        alternatives.append({**own, "status": {"$ne": AppointmentStatus.ENTERED_IN_ERROR.value}})
    if Role.PROVIDER in principal.roles and principal.provider_id:
        if within.get("provider_id") == principal.provider_id:
            return [EVERYTHING]
        alternatives.append({"provider_id": principal.provider_id})
        alternatives.append(await _under_care(access, within))
    return alternatives


async def _schedule_events(access: Access, within: Filter) -> list[Filter]:
    principal = access.principal
    if Role.STAFF in principal.roles:
        return [EVERYTHING]
    alternatives: list[Filter] = []
    if Role.PATIENT in principal.roles:
        alternatives.append({"patient_id": {"$in": await access.acts_for(ProxyScope.APPOINTMENTS)}})
    if Role.PROVIDER in principal.roles and principal.provider_id:
        alternatives.append({"provider_id": principal.provider_id})
        alternatives.append(await _under_care(access, within))
    return alternatives


async def _records(access: Access, within: Filter, prefix: str = "") -> list[Filter]:
    principal = access.principal
    confidentiality = f"{prefix}confidentiality"
    alternatives: list[Filter] = []
    if Role.PATIENT in principal.roles:
        shown: Filter = {
            f"{prefix}status": {"$ne": RecordStatus.ENTERED_IN_ERROR.value},
            "$or": [{f"{prefix}release.hold": None}, {f"{prefix}release.hold.until": {"$lte": access.instant}}],
        }
        # Psychotherapy notes (VERY_RESTRICTED) are outside the right of access (45 CFR 164.524(a)(1)(i)).
        own = {"patient_id": principal.patient_id, confidentiality: {"$ne": Confidentiality.VERY_RESTRICTED.value}}
        alternatives.append({**own, **shown})
        proxied = await access.proxied(ProxyScope.RECORDS)
        if proxied:
            ordinary = {"patient_id": {"$in": proxied}, confidentiality: Confidentiality.NORMAL.value}
            alternatives.append({**ordinary, **shown})
    if Role.PROVIDER in principal.roles and principal.provider_id:
        care = await _under_care(access, within)
        alternatives.append({**care, confidentiality: {"$ne": Confidentiality.VERY_RESTRICTED.value}})
        alternatives.append({**care, f"{prefix}author_id": principal.provider_id})
    return alternatives


async def _record_versions(access: Access, within: Filter) -> list[Filter]:
    # An earlier version keeps the record whole under `document`: what hides the record hides its past.
    return await _records(access, within, prefix="document.")


async def _billing(access: Access, within: Filter, hidden_from_patients: Filter) -> list[Filter]:
    principal = access.principal
    if Role.STAFF in principal.roles:
        return [EVERYTHING]
    alternatives: list[Filter] = []
    if Role.PATIENT in principal.roles:
        own = {"patient_id": {"$in": await access.acts_for(ProxyScope.BILLING)}}
        alternatives.append({**own, **hidden_from_patients})
    if Role.PROVIDER in principal.roles and principal.provider_id:
        alternatives.append(await _under_care(access, within))
    return alternatives


async def _invoices(access: Access, within: Filter) -> list[Filter]:
    # A draft is not yet asked of anybody.
    not_asked = [InvoiceStatus.DRAFT.value, InvoiceStatus.ENTERED_IN_ERROR.value]
    return await _billing(access, within, {"status": {"$nin": not_asked}})


async def _coverages(access: Access, within: Filter) -> list[Filter]:
    return await _billing(access, within, {"status": {"$ne": CoverageStatus.ENTERED_IN_ERROR.value}})


async def _billing_parts(access: Access, within: Filter) -> list[Filter]:
    return await _billing(access, within, {})


async def _directory(_access: Access, _within: Filter) -> list[Filter]:
    return [EVERYTHING]


async def _education(access: Access, _within: Filter) -> list[Filter]:
    if access.principal.roles & {Role.STAFF, Role.ADMIN}:
        return [EVERYTHING]
    return [{"published_at": {"$lte": access.instant}}]


async def _accounts(access: Access, _within: Filter) -> list[Filter]:
    if Role.ADMIN in access.principal.roles:
        return [EVERYTHING]
    return [{"_id": access.principal.account_id}]


_RULES: dict[type[StoredDocument], Rule] = {
    Account: _accounts,
    Appointment: _appointments,
    Coverage: _coverages,
    EducationResource: _education,
    EligibilityCheck: _billing_parts,
    Invoice: _invoices,
    Organization: _directory,
    Patient: _patients,
    Payment: _billing_parts,
    Provider: _directory,
    Record: _records,
    RecordVersion: _record_versions,
    ScheduleEvent: _schedule_events,
    VisitType: _directory,
}
