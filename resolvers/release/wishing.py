"""A patient's own wish to hear of results from their provider first."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from models.patient import Patient
from models.result_preferences import ResultKind, ResultPreferences
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import NotFound, Rejected

SHORTEST_DAYS = 1
LONGEST_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultWish:
    """``kinds``: none to get everything at once."""

    kinds: Sequence[ResultKind]
    days: int


async def set_result_preferences(context: RequestContext, patient_id: str, wish: ResultWish, key: str | None) -> str:
    """By the patient alone, for what is written from now on; what waits already goes on waiting. The patient's id.

    Raises Rejected: InvalidInput; NotFound for any other patient, one whom the caller is proxy for too.
    """
    complaints = Complaints()
    complaints.number(["days"], wish.days, SHORTEST_DAYS, LONGEST_DAYS)
    complaints.check()
    if patient_id not in context.access.own:
        raise Rejected(NotFound(message="No such patient.", path=["patient"]))
    preferences = ResultPreferences(kinds=sorted(set(wish.kinds)), days=wish.days)

    async def work(session: Session) -> Answer:
        written = stored_changes(Patient, {"result_preferences": preferences, "updated_at": context.access.instant})
        await Patient.get_pymongo_collection().update_one(
            {"_id": patient_id}, {"$set": written, "$inc": {"revision": 1}}, session=session
        )
        context.trail.changed("Patient", patient_id, patient_id, ["result_preferences"])
        return {"patient_id": patient_id}

    await once(context, "setResultPreferences", key, {"patient": patient_id, **asdict(wish)}, work)
    return patient_id
