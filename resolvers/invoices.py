"""Finding invoices."""

from dataclasses import dataclass
from datetime import date, datetime

from models.invoice import Invoice, InvoiceStatus
from resolvers.context import RequestContext
from resolvers.instants import between
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, both, find_page


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
        past_due: Filter = {"status": InvoiceStatus.ISSUED.value, "due_on": {"$lt": today.isoformat()}}
        if self.overdue is True:
            return both(within, past_due)
        if self.overdue is False:
            return both(within, {"$nor": [past_due]})
        return within


async def find_invoices(context: RequestContext, criteria: InvoiceCriteria, order: Order, request: PageRequest) -> Page[Invoice]:
    today = context.access.instant.date()
    return await find_page(Invoice, context.access, criteria.filter(today), order, request)
