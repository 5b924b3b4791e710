"""Who is on a patient's care team: kept by staff, and by the providers on it. Sight of the patient follows at once."""

from datetime import datetime

from models.patient import CareTeamMember, CareTeamRole, Patient
from models.provider import Provider
from models.role import Role
from resolvers.context import RequestContext
from resolvers.encoding import stored_part
from resolvers.idempotency import Answer, once
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected

MAX_MEMBERS = 30


async def add_member(
    context: RequestContext, patient_id: str, provider_id: str, role: CareTeamRole, since: datetime | None, key: str | None
) -> Patient:
    """``since`` None is now.

    Raises Rejected: NotFound for a patient who is not the caller's to see and for no active provider, NOT_ON_TEAM for a provider
    who is not on the team, Conflict for a member, InvalidInput for a ``since`` in the future and for more than MAX_MEMBERS.
    """
    instant = context.access.instant
    if since is not None and since > instant:
        raise Rejected(InvalidInput(message=f"{since.isoformat()} is in the future.", path=["since"]))
    member = CareTeamMember(provider_id=provider_id, role=role.value, since=since or instant)

    async def work(session: Session) -> Answer:
        patient = await _team_to_change(context, patient_id, session)
        provider = await Provider.get(provider_id, session=session)
        if provider is None or not provider.active:
            raise Rejected(NotFound(message="No such provider.", path=["provider"]))
        if len(patient.care_team) >= MAX_MEMBERS:
            message = f"The team has {len(patient.care_team)} members; at most {MAX_MEMBERS} fit."
            raise Rejected(InvalidInput(message=message, path=["provider"]))
        updated = await Patient.get_pymongo_collection().update_one(
            {"_id": patient_id, "care_team.provider_id": {"$ne": provider_id}},
            {
                "$push": {"care_team": stored_part(Patient, member)},
                "$set": {"updated_at": instant},
                "$inc": {"revision": 1},
            },
            session=session,
        )
        if updated.matched_count == 0:
            raise Rejected(Conflict(message="The provider is on the team already.", path=["provider"]))
        context.trail.changed("Patient", patient_id, patient_id, ["care_team"])
        return {"patient_id": patient_id}

    noted = {"patient": patient_id, "provider": provider_id, "role": role, "since": since}
    await once(context, "addCareTeamMember", key, noted, work)
    return await _read(patient_id)


async def remove_member(context: RequestContext, patient_id: str, provider_id: str, key: str | None) -> Patient | None:
    """None where the caller sees no patient any more: who took themselves off the team.

    Raises Rejected: NotFound for a patient who is not the caller's to see and for no member, NOT_ON_TEAM as ``add_member``.
    """

    async def work(session: Session) -> Answer:
        await _team_to_change(context, patient_id, session)
        updated = await Patient.get_pymongo_collection().update_one(
            {"_id": patient_id, "care_team.provider_id": provider_id},
            {
                "$pull": {"care_team": {"provider_id": provider_id}},
                "$set": {"updated_at": context.access.instant},
                "$inc": {"revision": 1},
            },
            session=session,
        )
        if updated.matched_count == 0:
            raise Rejected(NotFound(message="This provider is not on the team.", path=["provider"]))
        context.trail.changed("Patient", patient_id, patient_id, ["care_team"])
        return {"patient_id": patient_id}

    await once(context, "removeCareTeamMember", key, {"patient": patient_id, "provider": provider_id}, work)
    visible = await restrict(Patient, context.access, {"_id": patient_id})
    return await Patient.find_one(visible)


async def _team_to_change(context: RequestContext, patient_id: str, session: Session) -> Patient:
    visible = await restrict(Patient, context.access, {"_id": patient_id})
    patient = await Patient.find_one(visible, session=session)
    if patient is None:
        raise Rejected(NotFound(message="No such patient.", path=["patient"]))
    principal = context.principal
    on_team = any(member.provider_id == principal.provider_id for member in patient.care_team)
    if Role.STAFF not in principal.roles and not on_team:
        message = "Only staff and the providers on the team change it."
        raise Rejected(InvalidInput(message=message, code="NOT_ON_TEAM", path=["patient"]))
    return patient


async def _read(patient_id: str) -> Patient:
    patient = await Patient.get(patient_id)
    if patient is None:
        raise Rejected(NotFound(message="No such patient.", path=["patient"]))
    return patient
