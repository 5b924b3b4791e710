"""Emergency access and its review."""

from datetime import datetime

import strawberry

from models.break_glass import BreakGlassGrant as GrantDocument
from models.break_glass import BreakGlassReview as StoredReview
from models.break_glass import ReviewFinding
from models.purpose_of_use import PurposeOfUse
from models.role import Role
from resolvers.pagination import Page
from schema.account.types import Account
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.info import Info
from schema.node import Node, existing, global_id
from schema.provider.types import Provider


@strawberry.type(description="What an administrator found.")
class BreakGlassReview:
    at: datetime = strawberry.field(description="When.")
    finding: ReviewFinding = strawberry.field(description="Whether it was right.")
    note: str = strawberry.field(description="Why.")
    by_id: strawberry.Private[str]

    @strawberry.field(description="Who looked; null for callers who may not see the account.")
    async def by(self, info: Info) -> Account | None:
        found = await info.context.loaders.accounts.load(self.by_id)
        return None if found is None else Account.from_document(found)


def _review(review: StoredReview | None) -> BreakGlassReview | None:
    if review is None:
        return None
    return BreakGlassReview(at=review.at, finding=review.finding, note=review.note, by_id=review.by_id)


@strawberry.type(
    description="Emergency access of one provider to one patient. Providers see their own, administrators all.",
    directives=[auth(Role.PROVIDER, Role.ADMIN)],
)
class BreakGlassGrant(Node):
    patient_id: strawberry.ID = strawberry.field(description="Whose record was opened. An id only: administrators see no charts.")
    purpose: PurposeOfUse = strawberry.field(description="What for.")
    reason: str = strawberry.field(description="Why, in the provider's words.")
    granted_at: datetime = strawberry.field(description="When it began.")
    expires_at: datetime = strawberry.field(description="When it ends.")
    review_due_at: datetime = strawberry.field(description="When it must have been reviewed.")
    review: BreakGlassReview | None = strawberry.field(description="What the review found; null while there was none.")
    document: strawberry.Private[GrantDocument]

    @strawberry.field(description="Whether a review is missing and late: until then the provider gets no other grant.")
    def overdue(self, info: Info) -> bool:
        return self.document.review is None and self.document.review_due_at <= info.context.access.instant

    @strawberry.field(description="Who broke the glass.")
    async def provider(self, info: Info) -> Provider:
        return Provider.from_document(existing(await info.context.loaders.providers.load(self.document.provider_id)))

    @strawberry.field(description="The account that was used; null for callers who may not see it.")
    async def account(self, info: Info) -> Account | None:
        found = await info.context.loaders.accounts.load(self.document.account_id)
        return None if found is None else Account.from_document(found)

    @classmethod
    def from_document(cls, document: GrantDocument) -> "BreakGlassGrant":
        return cls(
            id=global_id("BreakGlassGrant", document.id),
            patient_id=global_id("Patient", document.patient_id),
            purpose=document.purpose,
            reason=document.reason,
            granted_at=document.granted_at,
            expires_at=document.expires_at,
            review_due_at=document.review_due_at,
            review=_review(document.review),
            document=document,
        )


@strawberry.type(description="Break-glass grants, a page at a time.", directives=[auth(Role.ADMIN)])
class BreakGlassGrantConnection(Connection[BreakGlassGrant]):
    @classmethod
    def of(cls, page: Page[GrantDocument]) -> "BreakGlassGrantConnection":
        return cls(nodes=nodes_of(page, BreakGlassGrant.from_document), page=page)
