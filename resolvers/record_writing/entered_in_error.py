"""What was written into the wrong record: gone from the portal, kept in history."""

from models.record import LabReport, Observation, Record, RecordStatus
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.record_writing.changing import change, check_reason
from resolvers.record_writing.next_version import ENDS, next_version, read_record
from resolvers.record_writing.treating import must_see


async def mark_entered_in_error(
    context: RequestContext, record_id: str, expected_version: int | None, reason: str, key: str | None
) -> str:
    """The entry's id; a report takes its observations with it.

    Raises Rejected: InvalidInput for the reason; NotFound; Conflict where it has ended or is at another version.
    """
    text = check_reason(reason, ["reason"])
    await must_see(context, record_id, ["record"])

    async def work(session: Session) -> Record:
        record = await read_record(session, record_id, expected_version, ["record"])
        marked = await next_version(context, session, record, RecordStatus.ENTERED_IN_ERROR, {}, text)
        if isinstance(record, LabReport):
            standing = {"lab_report_id": record.id, "status": {"$nin": [status.value for status in ENDS]}}
            for result in await Observation.find(standing, session=session).to_list():
                await next_version(context, session, result, RecordStatus.ENTERED_IN_ERROR, {}, text)
        return marked

    noted = {"record": record_id, "version": expected_version, "reason": text}
    return await change(context, "markRecordEnteredInError", key, noted, work)
