"""What a patient asked to wait for: told to them without saying what it is, and shown when they ask for it."""

from dataclasses import dataclass
from datetime import datetime

from models.record import Record
from models.result_preferences import ResultKind
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.policy.waiting import waiting_for
from resolvers.ports import Session
from resolvers.release.announcing import result_kind
from resolvers.release.holding import end_now
from resolvers.rows import ONE_BATCH, both
from resolvers.user_errors import NotFound, Rejected

_KIND = "waitingResult"


@dataclass(frozen=True, slots=True)
class Waiting:
    """``id`` tells nothing of the entry, and finds it for nobody but the patient. ``kind`` None: neither report nor note."""

    id: str
    kind: ResultKind | None
    until: datetime


async def waiting_results(context: RequestContext, patient_id: str) -> list[Waiting]:
    """Those of the caller as the patient, the first to end first; nothing for anybody else."""
    rows = waiting_for(context.access)
    if rows is None or patient_id not in context.access.own:
        return []
    # Not among what was seen: the patient's own log would name the entries.
    context.trail.counted(Record, [patient_id])
    found = await Record.find(rows, with_children=True, batch_size=ONE_BATCH).sort("release.hold.until", "_id").to_list()
    hide = context.ports.pseudonyms.hide
    return [
        Waiting(hide(_KIND, record.id), result_kind(record), record.release.hold.until)
        for record in found
        if record.release.hold is not None
    ]


async def show_my_result(context: RequestContext, waiting_id: str, key: str | None) -> str:
    """Ends the caller's own wish to wait for one result. The entry's id.

    Raises Rejected: NotFound for everything that does not wait for the caller to ask for it.
    """
    record_id = context.ports.pseudonyms.reveal(_KIND, waiting_id)
    rows = waiting_for(context.access)
    if record_id is None or rows is None:
        raise Rejected(_not_found())
    waits = both({"_id": record_id}, rows)

    async def work(session: Session) -> Answer:
        record = await Record.find_one(waits, with_children=True, session=session)
        if record is None:
            raise Rejected(_not_found())
        await end_now(context, session, record)
        return {"record_id": record.id}

    answer = await once(context, "showMyResult", key, {"waitingResult": waiting_id}, work)
    return str(answer["record_id"])


def _not_found() -> NotFound:
    return NotFound(message="Nothing of this id waits for you.", path=["waitingResult"])
