"""Looking back at broken glass: the list of grants, and what an administrator finds."""

from dataclasses import dataclass
from datetime import datetime

from models.break_glass import BreakGlassGrant, BreakGlassReview, ReviewFinding
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.errors import Forbidden
from resolvers.idempotency import Answer, once
from resolvers.pagination import Order, Page, PageRequest
from resolvers.persons import must_be_a_person
from resolvers.ports import Session
from resolvers.queries import Filter, find_page
from resolvers.rows import both
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected

MIN_NOTE, MAX_NOTE = 3, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantCriteria:
    reviewed: bool | None = None
    overdue: bool | None = None
    provider: str | None = None

    def filter(self, instant: datetime) -> Filter:
        """``overdue`` is about grants without a review; one that was reviewed late is no longer overdue."""
        within: Filter = {}
        if self.reviewed is not None:
            within["review.at"] = {"$ne": None} if self.reviewed else None
        if self.provider is not None:
            within["provider_id"] = self.provider
        if self.overdue is True:
            within = both(within, {"review": None, "review_due_at": {"$lte": instant}})
        if self.overdue is False:
            within = both(within, {"$or": [{"review.at": {"$ne": None}}, {"review_due_at": {"$gt": instant}}]})
        return within


async def find_grants(
    context: RequestContext, criteria: GrantCriteria, order: Order, request: PageRequest
) -> Page[BreakGlassGrant]:
    return await find_page(BreakGlassGrant, context.access, criteria.filter(context.access.instant), order, request)


async def review_break_glass(
    context: RequestContext, grant_id: str, finding: ReviewFinding, note: str, key: str | None
) -> BreakGlassGrant:
    """Once for each grant, by somebody else than who had it.

    Raises Forbidden for services. Raises Rejected: InvalidInput for the note or one's own grant, NotFound, Conflict where it has
    been reviewed.
    """
    must_be_a_person(context)
    account_id = context.principal.account_id
    if account_id is None:
        raise Forbidden
    text = note.strip()
    if not MIN_NOTE <= len(text) <= MAX_NOTE:
        message = f"A note has from {MIN_NOTE} to {MAX_NOTE} characters; this one has {len(text)}."
        raise Rejected(InvalidInput(message=message, path=["note"]))
    review = BreakGlassReview(by_id=account_id, at=context.access.instant, finding=finding, note=text)
    written = stored_changes(BreakGlassGrant, {"review": review, "updated_at": context.access.instant})

    async def work(session: Session) -> Answer:
        reviewed = await BreakGlassGrant.get_pymongo_collection().find_one_and_update(
            {"_id": grant_id, "review": None, "account_id": {"$ne": account_id}},
            {"$set": written, "$inc": {"revision": 1}},
            session=session,
        )
        if reviewed is None:
            await _refuse(grant_id, account_id)
        else:
            context.trail.changed("BreakGlassGrant", grant_id, reviewed["patient_id"], ["review"])
        return {"grant_id": grant_id}

    await once(context, "reviewBreakGlass", key, {"grant": grant_id, "finding": finding, "note": text}, work)
    found = await BreakGlassGrant.get(grant_id)
    if found is None:
        raise Rejected(_not_found())
    return found


async def _refuse(grant_id: str, account_id: str) -> None:
    found = await BreakGlassGrant.get(grant_id)
    if found is None:
        raise Rejected(_not_found())
    if found.account_id == account_id:
        message = "This is your own grant: another administrator reviews it."
        raise Rejected(InvalidInput(message=message, code="OWN_GRANT", path=["grant"]))
    raise Rejected(Conflict(message="This grant has been reviewed already.", path=["grant"]))


def _not_found() -> NotFound:
    return NotFound(message="No such grant.", path=["grant"])
