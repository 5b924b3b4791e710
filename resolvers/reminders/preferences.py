"""When a patient wants to be reminded."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from models.patient import Patient, ProxyScope
from models.reminder import ReminderChannel, ReminderPreferences
from models.role import Role
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.idempotency import Answer, once
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.scheduling.wall_clock import zone_of
from resolvers.user_errors import InvalidInput, NotFound, Rejected, UserError

MOST = 5
SHORTEST_MINUTES = 15
LONGEST_MINUTES = 14 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """``minutes_before`` the start of a visit; none for no reminders. ``time_zone`` None: each visit's."""

    minutes_before: Sequence[int]
    time_zone: str | None
    channel: ReminderChannel = ReminderChannel.EMAIL


async def set_reminder_preferences(context: RequestContext, patient_id: str, wish: Wish, key: str | None) -> Patient:
    """By the patient, by a proxy for APPOINTMENTS, or by staff. Raises Rejected: NotFound, InvalidInput."""
    _check(wish)
    await _must_be_theirs(context, patient_id)
    minutes = sorted(set(wish.minutes_before), reverse=True)
    preferences = ReminderPreferences(minutes_before=minutes, channel=wish.channel, time_zone=wish.time_zone)

    async def work(session: Session) -> Answer:
        written = stored_changes(Patient, {"reminder_preferences": preferences, "updated_at": context.access.instant})
        await Patient.get_pymongo_collection().update_one(
            {"_id": patient_id}, {"$set": written, "$inc": {"revision": 1}}, session=session
        )
        context.trail.changed("Patient", patient_id, patient_id, ["reminder_preferences"])
        return {"patient_id": patient_id}

    await once(context, "setReminderPreferences", key, {"patient": patient_id, **asdict(wish)}, work)
    patient = await Patient.get(patient_id)
    if patient is None:
        raise Rejected(_not_found())
    return patient


def _check(wish: Wish) -> None:
    complaints: list[UserError] = []
    if len(wish.minutes_before) > MOST:
        message = f"At most {MOST} reminders of a visit, not {len(wish.minutes_before)}."
        complaints.append(InvalidInput(message=message, path=["minutesBefore"]))
    for place, minutes in enumerate(wish.minutes_before[:MOST]):
        if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
            message = f"From {SHORTEST_MINUTES} minutes to {LONGEST_MINUTES} (two weeks), not {minutes}."
            complaints.append(InvalidInput(message=message, path=["minutesBefore", str(place)]))
    if wish.time_zone is not None:
        try:
            zone_of(wish.time_zone)
        except ValueError as error:
            complaints.append(InvalidInput(message=str(error), path=["timeZone"]))
    if complaints:
        raise Rejected(*complaints)


async def _must_be_theirs(context: RequestContext, patient_id: str) -> None:
    access = context.access
    visible = await restrict(Patient, access, {"_id": patient_id})
    theirs = Role.STAFF in access.principal.roles or patient_id in access.own
    if not theirs:
        theirs = patient_id in await access.proxied(ProxyScope.APPOINTMENTS)
    if not theirs or not await Patient.find(visible).exists():
        raise Rejected(_not_found())


def _not_found() -> NotFound:
    return NotFound(message="No such patient.", path=["patient"])
