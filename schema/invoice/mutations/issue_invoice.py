"""issueInvoice."""

from datetime import date
from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.issuing import Issue, issue_invoice
from schema.authorization import auth
from schema.errors import UserError
from schema.info import Info
from schema.invoice.payloads import invoice_payload
from schema.invoice.types import Invoice
from schema.node import id_of


@strawberry.input(description="A draft to issue.")
class IssueInvoiceInput:
    id: strawberry.ID = strawberry.field(description="The draft.")
    due_on: date | None = strawberry.field(default=None, description="When it is due; the draft's day, or in 30 days.")
    accept_unverified: bool = strawberry.field(
        default=False,
        description="Although it is not known, or no longer, what a coverage pays: the patient is asked as the draft says.",
    )
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that the caller knows; a Conflict when there is a newer one."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The issued invoice, or why not.")
class IssueInvoicePayload:
    invoice: Invoice | None = strawberry.field(default=None, description="The invoice, with its number.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class IssueInvoice:
    @strawberry.mutation(
        description="Works a draft out for the last time, gives it the next number, posts it and freezes it.",
        directives=[auth(Role.STAFF)],
    )
    async def issue_invoice(
        self, info: Info, input: Annotated[IssueInvoiceInput, strawberry.argument(description="The input.")]
    ) -> IssueInvoicePayload:
        issue = Issue(
            invoice_id=id_of("Invoice", input.id, ["input", "id"]) or "",
            due_on=input.due_on,
            accept_unverified=input.accept_unverified,
            expected_revision=input.expected_revision,
        )
        work = issue_invoice(info.context, issue, input.idempotency_key)
        invoice, errors = await invoice_payload(info, issue.invoice_id, work)
        return IssueInvoicePayload(invoice=invoice, errors=errors)
