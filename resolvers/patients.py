"""Finding patients and keeping their profile."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.patient import BirthDate, Mrn, Patient, PatientName
from models.role import Role
from models.search_words import search_tokens, sort_name
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.idempotency import Answer, once
from resolvers.pagination import Order, Page, PageRequest
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.profile import Profile, check_profile
from resolvers.queries import Filter, find_page
from resolvers.sealed_order import SealedOrder
from resolvers.search import tokens_filter
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected

# Who a person is before the law is changed at the desk, with papers seen.
_AT_THE_DESK_ONLY = {"name": "name", "birth_date": "birthDate"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCriteria:
    search: str | None = None
    birth_date: date | None = None
    mrn: str | None = None
    care_team: str | None = None

    def filter(self) -> Filter:
        within: Filter = {}
        if self.search is not None:
            within.update(tokens_filter(self.search, ["where", "search"]))
        if self.birth_date is not None:
            within["birth_date"] = BirthDate.lookup(self.birth_date)
        if self.mrn is not None:
            within["mrn"] = Mrn.lookup(self.mrn)
        if self.care_team is not None:
            within["care_team.provider_id"] = self.care_team
        return within


def by_name(descending: bool) -> SealedOrder:
    return SealedOrder("name", descending, key=lambda sealed: sort_name(PatientName.opened(sealed)))


def by_birth_date(descending: bool) -> SealedOrder:
    """Those without one first."""
    return SealedOrder("birth_date", descending, key=lambda sealed: BirthDate.opened(sealed).isoformat() if sealed else "")


async def find_patients(context: RequestContext, criteria: PatientCriteria, order: Order, request: PageRequest) -> Page[Patient]:
    return await find_page(Patient, context.access, criteria.filter(), order, request)


async def update_patient(
    context: RequestContext, patient_id: str, profile: Profile, expected_revision: int | None, key: str | None
) -> Patient:
    """Patients change their own profile, staff anybody's. Only what is given is written.

    Raises Rejected: NotFound for a patient who is not there or not the caller's to change, InvalidInput for fields, Conflict when
    the profile is no longer at ``expected_revision``.
    """
    await _must_be_theirs(context, patient_id)
    _check_fields(context, profile)

    async def work(session: Session) -> Answer:
        await _write(context, patient_id, profile, expected_revision, session)
        return {"patient_id": patient_id}

    noted = {"id": patient_id, "revision": expected_revision, **profile.given()}
    await once(context, "updatePatient", key, noted, work)
    patient = await Patient.get(patient_id)
    if patient is None:
        raise Rejected(_not_found())
    return patient


async def _must_be_theirs(context: RequestContext, patient_id: str) -> None:
    principal = context.principal
    visible = await restrict(Patient, context.access, {"_id": patient_id})
    may_write = Role.STAFF in principal.roles or principal.patient_id == patient_id
    if not may_write or not await Patient.find(visible).exists():
        raise Rejected(_not_found())


def _check_fields(context: RequestContext, profile: Profile) -> None:
    given = profile.given()
    if not given:
        raise Rejected(InvalidInput(message="Give at least one field to change.", path=[]))
    if Role.STAFF not in context.principal.roles:
        message = "Only staff change this: bring your papers to the desk."
        refused = [
            InvalidInput(message=message, code="STAFF_ONLY", path=[shown])
            for name, shown in _AT_THE_DESK_ONLY.items()
            if name in given
        ]
        if refused:
            raise Rejected(*refused)
    check_profile(profile, context.access.instant.date())


async def _write(
    context: RequestContext, patient_id: str, profile: Profile, expected_revision: int | None, session: Session
) -> None:
    changes: dict[str, Any] = profile.given()
    at_revision: Filter = {} if expected_revision is None else {"revision": expected_revision}
    if profile.name is not None:
        mrn = await _mrn(patient_id, session)
        changes["search_tokens"] = search_tokens(profile.name, mrn)
    changes["updated_at"] = context.access.instant
    written = stored_changes(Patient, changes)
    updated = await Patient.get_pymongo_collection().update_one(
        {"_id": patient_id, **at_revision}, {"$set": written, "$inc": {"revision": 1}}, session=session
    )
    if updated.matched_count == 0:
        message = f"The profile is no longer at revision {expected_revision}: read it again."
        raise Rejected(Conflict(message=message, path=["expectedRevision"]))
    context.trail.changed("Patient", patient_id, patient_id, list(profile.given()))


async def _mrn(patient_id: str, session: Session) -> str:
    patient = await Patient.get(patient_id, session=session)
    if patient is None:
        raise Rejected(_not_found())
    return patient.mrn


def _not_found() -> NotFound:
    return NotFound(message="No such patient.", path=["id"])
