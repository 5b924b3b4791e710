"""Keeping a patient's profile."""

from typing import Any

from models.match_tokens import match_tokens
from models.patient import Patient
from models.role import Role
from models.search_words import search_tokens
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.idempotency import Answer, once
from resolvers.patient_extensions import extended
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.profile import SHOWN_AS, Profile, check_life, check_profile
from resolvers.queries import Filter
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected

# Who a person is before the law is changed at the desk, with papers seen.
_AT_THE_DESK_ONLY = ("name", "birth_date", "deceased_at")
_IDENTITY = ("name", "birth_date", "contacts")


async def update_patient(
    context: RequestContext, patient_id: str, profile: Profile, expected_revision: int | None, key: str | None
) -> Patient:
    """Patients change their own profile, staff anybody's. Only what is given is written, None where it is cleared.

    Raises Rejected: NotFound for a patient who is not there or not the caller's to change, InvalidInput for fields, Conflict when
    the profile is no longer at ``expected_revision``.
    """
    await _must_be_theirs(context, patient_id)
    _check_fields(context, profile)

    async def work(session: Session) -> Answer:
        await _write(context, patient_id, profile, expected_revision, session)
        return {"patient_id": patient_id}

    noted = {"id": patient_id, "revision": expected_revision, **profile.given(), "extensions": profile.extensions}
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
    if not given and not profile.extensions:
        raise Rejected(InvalidInput(message="Give at least one field to change.", path=[]))
    if Role.STAFF not in context.principal.roles:
        message = "Only staff change this: bring your papers to the desk."
        refused = [
            InvalidInput(message=message, code="STAFF_ONLY", path=[SHOWN_AS[name]]) for name in _AT_THE_DESK_ONLY if name in given
        ]
        if refused:
            raise Rejected(*refused)
    check_profile(profile, context.access.instant.date())


async def _write(
    context: RequestContext, patient_id: str, profile: Profile, expected_revision: int | None, session: Session
) -> None:
    patient = await Patient.get(patient_id, session=session)
    if patient is None:
        raise Rejected(_not_found())
    given = profile.given()
    born, died = given.get("birth_date", patient.birth_date), given.get("deceased_at", patient.deceased_at)
    check_life(born, died, given, context.access.instant)
    changes = {**given, **derived_fields(patient, given)}
    if profile.extensions:
        changes |= extended(context, patient, profile.extensions)
    at_revision: Filter = {} if expected_revision is None else {"revision": expected_revision}
    updated = await Patient.get_pymongo_collection().update_one(
        {"_id": patient_id, **at_revision},
        {"$set": stored_changes(Patient, {**changes, "updated_at": context.access.instant}), "$inc": {"revision": 1}},
        session=session,
    )
    if updated.matched_count == 0:
        message = f"The profile is no longer at revision {expected_revision}: read it again."
        raise Rejected(Conflict(message=message, path=["expectedRevision"]))
    noted = [*given, *(["extensions"] if profile.extensions else [])]
    context.trail.changed("Patient", patient_id, patient_id, noted)


def derived_fields(patient: Patient, changes: dict[str, Any]) -> dict[str, Any]:
    """The tokens by which the patient is found, where what they are made of changes."""
    after = {name: changes.get(name, getattr(patient, name)) for name in _IDENTITY}
    derived: dict[str, Any] = {}
    if "name" in changes:
        derived["search_tokens"] = search_tokens(after["name"], " ".join([patient.mrn, *patient.former_mrns]))
    if changes.keys() & set(_IDENTITY):
        derived["match_tokens"] = match_tokens(after["name"], after["birth_date"], after["contacts"])
    return derived


def _not_found() -> NotFound:
    return NotFound(message="No such patient.", path=["id"])
