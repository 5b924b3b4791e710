"""Issuing an invoice: worked out for the last time, numbered, booked and frozen, all at once."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from models.invoice import Invoice, InvoiceNumber, InvoiceStatus
from models.ledger import LedgerCause
from resolvers.billing.drafts import invoice_must_be_visible, local_day, read_draft
from resolvers.billing.numbering import next_number
from resolvers.billing.posting import post
from resolvers.billing.responsibility import Shares
from resolvers.billing.working_out import update_draft, worked_out
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import Conflict, InvalidInput, Rejected

USUAL_TERM = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """``accept_unverified``: although nobody knows what a coverage pays, or its answer is stale; the patient is asked for it."""

    invoice_id: str
    due_on: date | None = None
    accept_unverified: bool = False
    expected_revision: int | None = None


async def issue_invoice(context: RequestContext, issue: Issue, key: str | None) -> None:
    """Raises Rejected: NotFound, FROZEN, Conflict, UNVERIFIED_COVERAGE, InvalidInput for a due date in the past."""
    await invoice_must_be_visible(context, issue.invoice_id)
    instant = context.access.instant
    today = local_day(instant, context.access.majority.time_zone)

    async def work(session: Session) -> Answer:
        # First of all: whoever issues at the same time waits here, and what plans have left is read after the other one.
        number = await next_number(session, today.year)
        draft = await read_draft(session, issue.invoice_id, issue.expected_revision)
        changes, shares = await worked_out(session, draft, instant)
        _must_be_known(shares, accepted=issue.accept_unverified)
        due_on = issue.due_on or draft.due_on or today + USUAL_TERM
        if due_on < today:
            message = f"Is {due_on.isoformat()}; it cannot be before today, {today.isoformat()}."
            raise Rejected(InvalidInput(message=message, path=["dueOn"]))
        changes |= {"number": InvoiceNumber(number), "status": InvoiceStatus.ISSUED, "issued_at": instant, "due_on": due_on}
        if not await update_draft(session, draft, changes, instant):
            message = "The invoice was changed meanwhile: look at it again."
            raise Rejected(Conflict(message=message, path=["id"], current_version=draft.revision))
        await post(session, draft.id, LedgerCause.ISSUED, instant, cash=0)
        context.trail.changed("Invoice", draft.id, draft.patient_id, ["number", "status", "issuedAt", "dueOn"])
        return {}

    noted: dict[str, Any] = {**asdict(issue), "due_on": issue.due_on.isoformat() if issue.due_on else None}
    await once(context, "issueInvoice", key, noted, work)


def _must_be_known(shares: Shares, *, accepted: bool) -> None:
    if accepted or (shares.known and not shares.stale):
        return
    what = "is too old to rely on" if shares.known else "is not known"
    message = f"What a coverage pays {what}: verify it, or say acceptUnverified."
    raise Rejected(InvalidInput(message=message, code="UNVERIFIED_COVERAGE", path=["acceptUnverified"]))


def is_credit_note(invoice: Invoice) -> bool:
    return invoice.credits_invoice_id is not None
