"""Signing: a preliminary entry becomes final, by its author's own hand."""

from models.record import LabReport, Observation, Record, RecordStatus
from resolvers.context import RequestContext
from resolvers.errors import Forbidden
from resolvers.persons import must_be_a_person
from resolvers.ports import Session
from resolvers.record_writing.changing import change
from resolvers.record_writing.next_version import next_version, read_record
from resolvers.record_writing.treating import must_see
from resolvers.release.announcing import announce
from resolvers.user_errors import Conflict, Rejected

UNSIGNED = frozenset({RecordStatus.REGISTERED, RecordStatus.PRELIMINARY})


async def sign_record(context: RequestContext, record_id: str, expected_version: int | None, key: str | None) -> str:
    """PRELIMINARY becomes FINAL; a report is signed with its observations. The entry's id.

    Raises Forbidden for services, and for whoever is not the author. Raises Rejected: NotFound; Conflict where it is signed, has
    ended, or is at another version.
    """
    must_be_a_person(context)
    seen = await must_see(context, record_id, ["record"])
    if seen.author_id != context.principal.provider_id:
        raise Forbidden("An entry is signed by its author.")

    async def work(session: Session) -> Record:
        record = await read_record(session, record_id, expected_version, ["record"])
        if record.status not in UNSIGNED:
            raise Rejected(Conflict(message=f"The entry is {record.status.value}: there is nothing to sign.", path=["record"]))
        signed = await _sign(context, session, record)
        if isinstance(record, LabReport):
            within = {"lab_report_id": record.id, "status": {"$in": [status.value for status in UNSIGNED]}}
            for result in await Observation.find(within, session=session).to_list():
                await _sign(context, session, result)
        await announce(context, session, signed)
        return signed

    return await change(context, "signRecord", key, {"record": record_id, "version": expected_version}, work)


async def _sign(context: RequestContext, session: Session, record: Record) -> Record:
    hand = {"signed_at": context.access.instant, "signed_by_id": context.principal.provider_id}
    return await next_version(context, session, record, RecordStatus.FINAL, hand, None)
