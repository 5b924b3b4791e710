"""Changing a coverage, ending it, or marking it as a mistake."""

from typing import Any

from pydantic_core import to_jsonable_python

from models.coverage import Coverage, CoverageStatus, EligibilityCheck
from models.role import Role
from resolvers.billing.working_out import work_out_drafts
from resolvers.context import RequestContext
from resolvers.coverage_writing.book import must_have_room, open_book
from resolvers.coverage_writing.rights import no_coverage, visible_coverage
from resolvers.coverage_writing.wish import SHOWN_AS, CoverageWish, check_fields, check_whole
from resolvers.eligibility.knowledge import answers
from resolvers.encoding import stored_changes
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import Conflict, InvalidInput, Rejected

_PLACE = frozenset({"status", "order", "period"})
_WHOLE = frozenset({"status", "member_id", "subscriber", "relationship"})
_ASKED_BY = ("payer", "member_id", "relationship", "subscriber", "subscriber_birth_date")
"""Whom a payer was asked about: an answer holds for these and no others."""


async def update_coverage(
    context: RequestContext, coverage_id: str, wish: CoverageWish, expected_revision: int | None, key: str | None
) -> str:
    """Its id. Only what is given is written, None where it is cleared.

    Raises Rejected: NotFound, InvalidInput for each field, Conflict where another of its order holds at the time, where it was
    verified as it is, or where it is no longer at ``expected_revision``.
    """
    await visible_coverage(context, coverage_id, ["id"])
    given = wish.given()
    if not given:
        raise Rejected(InvalidInput(message="Give at least one field to change.", path=[]))
    check_fields(wish, context.access.instant.date())
    _check_status(context, wish)

    async def work(session: Session) -> Answer:
        before = await _opened(session, coverage_id)
        if before.status is CoverageStatus.ENTERED_IN_ERROR:
            raise Rejected(InvalidInput(message="It was entered in error: add another.", code="ENDED", path=["id"]))
        after = Coverage.model_validate({**dict(before), **given})
        changed = [name for name in given if getattr(after, name) != getattr(before, name)]
        if _WHOLE.intersection(changed):
            check_whole(after)
        await _must_not_be_verified(session, before, changed)
        if _PLACE.intersection(changed):
            await must_have_room(session, after)
        await _write(context, session, before, {name: given[name] for name in changed}, expected_revision)
        await work_out_drafts(session, before.patient_id, context.access.instant)
        context.trail.changed("Coverage", coverage_id, before.patient_id, changed)
        return {"id": coverage_id}

    noted = to_jsonable_python({"id": coverage_id, "revision": expected_revision, **given})
    await once(context, "updateCoverage", key, noted, work)
    return coverage_id


def _check_status(context: RequestContext, wish: CoverageWish) -> None:
    if wish.status is CoverageStatus.ENTERED_IN_ERROR and Role.STAFF not in context.principal.roles:
        message = "Only staff mark a coverage as entered in error: end it, or tell the desk."
        raise Rejected(InvalidInput(message=message, code="STAFF_ONLY", path=["status"]))


async def _opened(session: Session, coverage_id: str) -> Coverage:
    """As it stands once the book of its patient is open."""
    found = await Coverage.get(coverage_id, session=session)
    if found is None:
        raise Rejected(no_coverage(["id"]))
    await open_book(session, found.patient_id)
    return found


async def _must_not_be_verified(session: Session, before: Coverage, changed: list[str]) -> None:
    """What a payer or staff found out would otherwise stand beside a member whom nobody has asked about."""
    asked_by = [name for name in _ASKED_BY if name in changed]
    if asked_by and answers(await EligibilityCheck.find({"coverage_id": before.id}, session=session).to_list()):
        message = "It was verified as it is: end this coverage, or mark it as entered in error, and add another."
        raise Rejected(*(Conflict(message=message, code="COVERAGE_VERIFIED", path=[SHOWN_AS[name]]) for name in asked_by))


async def _write(
    context: RequestContext, session: Session, before: Coverage, changes: dict[str, Any], expected_revision: int | None
) -> None:
    revision = before.revision if expected_revision is None else expected_revision
    updated = await Coverage.get_pymongo_collection().update_one(
        {"_id": before.id, "revision": revision},
        {"$set": stored_changes(Coverage, {**changes, "updated_at": context.access.instant}), "$inc": {"revision": 1}},
        session=session,
    )
    if updated.matched_count == 0:
        message = f"The coverage is no longer at revision {revision}: read it again."
        raise Rejected(Conflict(message=message, path=["expectedRevision"]))
