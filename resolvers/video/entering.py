"""Coming into a visit and leaving it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pymongo import ReturnDocument

from models.appointment import Appointment
from models.visit_entry import VisitEntry
from models.visit_signal import VisitSignalKind
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.throttling import Limit, count_attempt
from resolvers.user_errors import Conflict, Rejected
from resolvers.video.exits import end_entry
from resolvers.video.opening import must_be_open
from resolvers.video.rooms import Room
from resolvers.video.taking_part import Part, must_take_part, participant_id
from resolvers.video.telling import next_number, tell_signal

TOKEN_GOOD_FOR = timedelta(minutes=10)
LEASE_OF_A_JOIN = timedelta(minutes=2)
"""How long somebody counts as there who has joined and not begun to follow the visit; joining again prolongs it."""

_JOINS = 60
"""Of one account into one visit, in a quarter of an hour."""

_PATH = ["appointment"]


@dataclass(frozen=True, slots=True)
class Joined:
    visit: Appointment
    entry: VisitEntry
    room: Room


async def join_visit(context: RequestContext, appointment_id: str, key: str | None) -> Joined:
    """Records the entry, and gives a pass into the room. Who is in already stays in: the entry is the same, the pass is new.

    Raises Forbidden for a service. Raises Rejected: NotFound, InvalidInput (NOT_A_PARTICIPANT, NOT_BY_VIDEO, NOT_JOINABLE,
    TOO_EARLY, TOO_LATE), TooManyAttempts, IdempotencyConflict, Conflict for a repeated key whose stay has ended since.
    """
    part = await must_take_part(context, appointment_id, _PATH)
    must_be_open(part.visit, context.access.instant, _PATH)
    await count_attempt([Limit("visit-join", f"{part.account_id} {appointment_id}", _JOINS)], context.access.instant)

    async def work(session: Session) -> Answer:
        return {"entry_id": await _enter(context, session, part)}

    # The token is no part of the answer that is kept: whoever repeats the key gets a fresh one.
    answer = await once(context, "joinVisit", key, {"appointment": appointment_id}, work)
    entry = await VisitEntry.get(answer["entry_id"])
    if entry is None or entry.left_at is not None:
        raise Rejected(Conflict(message="You have left since: join with a new key.", path=["idempotencyKey"]))
    return Joined(part.visit, entry, _room(context, part))


async def leave_visit(context: RequestContext, appointment_id: str, key: str | None) -> Appointment:
    """Records the exit; does nothing for who is not in. Raises as ``join_visit`` does, but at any time and in any status."""
    part = await must_take_part(context, appointment_id, _PATH)

    async def work(session: Session) -> Answer:
        open_entry = {"appointment_id": appointment_id, "account_id": part.account_id, "left_at": None}
        await end_entry(context, session, open_entry)
        return {}

    await once(context, "leaveVisit", key, {"appointment": appointment_id}, work)
    return part.visit


async def _enter(context: RequestContext, session: Session, part: Part) -> str:
    instant = context.ports.clock()
    sequence = await next_number(context, session, part.visit.id)  # first: of two joins at once, the second sees the first
    visit = await Appointment.get(part.visit.id, session=session)
    must_be_open(visit or part.visit, instant, _PATH)
    place = {"appointment_id": part.visit.id, "account_id": part.account_id, "left_at": None}
    await end_entry(context, session, {**place, "lease_until": {"$lte": instant}})
    lease = instant + LEASE_OF_A_JOIN
    found: Any = await VisitEntry.get_pymongo_collection().find_one_and_update(
        place,
        {"$inc": {"joins": 1, "revision": 1}, "$max": {"lease_until": lease}, "$set": {"updated_at": instant}},
        projection={"_id": 1},
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    if found is not None:
        context.trail.changed("VisitEntry", found["_id"], part.visit.patient_id, ["joins"])
        return str(found["_id"])
    entry = VisitEntry(
        appointment_id=part.visit.id,
        patient_id=part.visit.patient_id,
        provider_id=part.visit.provider_id,
        confidentiality=part.visit.confidentiality,
        account_id=part.account_id,
        role=part.role,
        joined_at=instant,
        lease_until=lease,
        since=sequence,
    )
    await entry.insert(session=session)
    await tell_signal(context, session, entry, VisitSignalKind.JOINED, part.account_id)
    context.trail.changed("VisitEntry", entry.id, entry.patient_id, ["role", "joined_at"])
    return entry.id


def _room(context: RequestContext, part: Part) -> Room:
    opening = must_be_open(part.visit, context.access.instant, _PATH)
    good_for = min(TOKEN_GOOD_FOR, opening.closes_at - context.access.instant)
    name = context.ports.pseudonyms.hide("room", part.visit.id)
    identity = participant_id(context, part.visit.id, part.account_id)
    return context.ports.rooms.enter(name, identity, part.role, context.access.instant, good_for)
