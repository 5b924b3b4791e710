"""Taking a critical value in hand."""

from dataclasses import dataclass

from models.record import Acknowledgement, AcknowledgementNote, Observation, Record
from models.role import Role
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.critical_results.listing import OPEN
from resolvers.encoding import stored_changes
from resolvers.errors import Forbidden
from resolvers.idempotency import Answer, once
from resolvers.persons import must_be_a_person
from resolvers.ports import Session
from resolvers.release.acting import seen_as
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """``note`` says what was done: who was called, what was ordered."""

    observation_id: str
    note: str


async def acknowledge_critical_result(context: RequestContext, taken: Taken, key: str | None) -> str:
    """By any provider who sees the observation, so that a colleague can stand in. The observation's id.

    Raises Forbidden for services and for accounts without a provider. Raises Rejected: InvalidInput, also for a value that is not
    critical; NotFound; Conflict where it was acknowledged already, or was entered in error: of two at once, one wins.
    """
    must_be_a_person(context)
    provider_id = context.principal.provider_id
    if provider_id is None:
        raise Forbidden("The account is not linked to a provider.")
    complaints = Complaints()
    complaints.text(["note"], taken.note, most=LONGEST_NOTE, required=True, lines=True)
    complaints.check()
    observation = await seen_as(context, Role.PROVIDER, taken.observation_id)
    if not isinstance(observation, Observation):
        raise Rejected(NotFound(message="No such observation.", path=["observation"]))
    if not observation.critical:
        raise Rejected(InvalidInput(message="This value is not critical.", path=["observation"]))
    acknowledgement = Acknowledgement(by_id=provider_id, at=context.access.instant, note=AcknowledgementNote(taken.note.strip()))

    async def work(session: Session) -> Answer:
        written = stored_changes(Observation, {"acknowledgement": acknowledgement, "updated_at": context.access.instant})
        changed = await Record.get_pymongo_collection().update_one(
            {"_id": observation.id, **OPEN}, {"$set": written, "$inc": {"revision": 1}}, session=session
        )
        if changed.matched_count == 0:
            message = "It was acknowledged already, or is no longer in the record."
            raise Rejected(Conflict(message=message, path=["observation"]))
        context.trail.changed("Observation", observation.id, observation.patient_id, ["acknowledgement"])
        return {"observation_id": observation.id}

    noted = {"observation": observation.id, "note": taken.note}
    answer = await once(context, "acknowledgeCriticalResult", key, noted, work)
    return str(answer["observation_id"])
