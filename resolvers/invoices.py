"""Finding invoices."""

from dataclasses import dataclass
from datetime import date, datetime

from models.invoice import Invoice, InvoiceStatus
from resolvers.context import RequestContext
from resolvers.instants import between
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, find_page
from resolvers.rows import both


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceCriteria:
    """``overdue`` keeps those issued and past due; ``from_ <= issued < to``."""

    status: list[InvoiceStatus] | None = None
    patient: str | None = None
    overdue: bool | None = None
    from_: datetime | None = None
    to: datetime | None = None

    def filter(self, today: date) -> Filter:
        within: Filter = {}
        if self.status is not None:
            within["status"] = {"$in": [status.value for status in self.status]}
        if self.patient is not None:
            within["patient_id"] = self.patient
        within.update(between("issued_at", self.from_, self.to))
        if self.overdue is None:
            return within
        return both(within, _past_due(today) if self.overdue else _not_past_due(today))


def _past_due(today: date) -> Filter:
    return {"status": InvoiceStatus.ISSUED.value, "due_on": {"$lt": today.isoformat()}}


def _not_past_due(today: date) -> Filter:
    issued = InvoiceStatus.ISSUED.value
    # Said as alternatives, because a $nor finds no index.
    return {
        "$or": [
            {"status": {"$ne": issued}},
            {"status": issued, "due_on": {"$gte": today.isoformat()}},
            {"status": issued, "due_on": None},
        ]
    }


async def find_invoices(context: RequestContext, criteria: InvoiceCriteria, order: Order, request: PageRequest) -> Page[Invoice]:
    today = context.access.instant.date()
    return await find_page(Invoice, context.access, criteria.filter(today), order, request)
