"""A new coverage of a patient."""

from pydantic_core import to_jsonable_python

from models.coverage import Coverage, CoverageStatus
from models.patient import Patient
from resolvers.billing.working_out import work_out_drafts
from resolvers.context import RequestContext
from resolvers.coverage_writing.book import must_have_room, open_book
from resolvers.coverage_writing.rights import must_insure
from resolvers.coverage_writing.wish import CoverageWish, check_fields, check_whole
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import InvalidInput, NotFound, Rejected

_BEGINNINGS = frozenset({CoverageStatus.ACTIVE, CoverageStatus.DRAFT})


async def add_coverage(context: RequestContext, patient_id: str, wish: CoverageWish, key: str | None) -> str:
    """Its id. Raises Rejected: NotFound, InvalidInput for each field, Conflict where another of its order holds at the time."""
    await must_insure(context, patient_id, ["patient"])
    check_fields(wish, context.access.instant.date())
    given = {name: value for name, value in wish.given().items() if value is not None}
    given.setdefault("status", CoverageStatus.ACTIVE)
    if given["status"] not in _BEGINNINGS:
        raise Rejected(InvalidInput(message="A coverage begins as ACTIVE or DRAFT.", path=["status"]))

    async def work(session: Session) -> Answer:
        await open_book(session, patient_id)
        if not await Patient.find({"_id": patient_id}, session=session).exists():
            raise Rejected(NotFound(message="No such patient.", path=["patient"]))
        coverage = Coverage(patient_id=patient_id, **given)
        check_whole(coverage)
        await must_have_room(session, coverage)
        await coverage.insert(session=session)
        await work_out_drafts(session, patient_id, context.access.instant)
        context.trail.changed("Coverage", coverage.id, patient_id, sorted(given))
        return {"id": coverage.id}

    noted = to_jsonable_python({"patient": patient_id, **given})
    answer = await once(context, "addCoverage", key, noted, work)
    return str(answer["id"])
