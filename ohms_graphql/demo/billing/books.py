"""Invoices: worked out in the order of the visits, numbered in the order of issue, without gaps."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from models.coverage import CoverageStatus
from models.invoice import Invoice, InvoiceNumber, InvoiceStatus, Payment, ResponsibilityStep
from models.ledger import LedgerEntry
from models.money import Money
from models.record import Record
from ohms_graphql.demo.billing.charges import lines
from ohms_graphql.demo.billing.coverages import Insured
from ohms_graphql.demo.billing.payments import payments
from ohms_graphql.demo.billing.plan_years import PlanYear
from ohms_graphql.demo.cast import SHOWCASE_PATIENT_ID, chance, demo_id
from ohms_graphql.demo.outcomes import Kept
from resolvers.billing.bookkeeping import missing_entries
from resolvers.billing.books import Book
from resolvers.billing.positions import settled_status
from resolvers.billing.responsibility import Shares, share

_CURRENCY = "USD"
_TERM = timedelta(days=30)
_UNISSUED = {7: InvoiceStatus.CANCELLED, 23: InvoiceStatus.ENTERED_IN_ERROR}
"""Of every fifty invoices, these were given up before they were issued."""


@dataclass
class Books:
    anchor: datetime
    insured: dict[str, list[Insured]]
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    _years: dict[tuple[str, int], PlanYear] = field(default_factory=dict)
    _drawn_up: int = 0
    _next_number: int = 1

    def bill(self, visits: list[Kept], records_of: dict[str, list[Record]]) -> None:
        """``records_of`` are the records of each appointment, by its id."""
        for kept in visits:
            self._draw_up(kept, records_of.get(kept.appointment.id, []))
        self._issue()
        self._credit()
        self._post()

    def _draw_up(self, kept: Kept, records: list[Record]) -> None:
        found = lines(kept, records)
        if not found:
            return
        appointment = kept.appointment
        cancellation = appointment.cancellation
        at = cancellation.at if cancellation else kept.visit.end
        status = self._status(appointment.patient_id)
        total = sum(line.amount.minor_units for line in found)
        insured = [] if cancellation else self._holding(appointment.patient_id, kept.visit.start)
        shares = self._shares(total, insured, kept, settle=status is InvoiceStatus.DRAFT)
        self.invoices.append(
            Invoice(
                id=demo_id("Invoice", appointment.id),
                created_at=at + timedelta(minutes=15),
                updated_at=at + timedelta(minutes=15),
                status=status,
                patient_id=appointment.patient_id,
                appointment_id=appointment.id,
                coverage_id=insured[0].coverage.id if insured else None,
                lines=found,
                total=Money(minor_units=total),
                insurance=Money(minor_units=shares.insurance),
                patient_responsibility=Money(minor_units=shares.patient),
                explanation=list(shares.steps),
                insured=cancellation is None,
                service_on=kept.visit.start.date(),
                billed=None if status in _UNISSUED.values() else f"{'fee' if cancellation else 'visit'}:{appointment.id}",
                confidentiality=appointment.confidentiality,
            )
        )

    def _status(self, patient_id: str) -> InvoiceStatus:
        if patient_id == SHOWCASE_PATIENT_ID:
            return InvoiceStatus.DRAFT
        self._drawn_up += 1
        return _UNISSUED.get(self._drawn_up % 50, InvoiceStatus.DRAFT)

    def _holding(self, patient_id: str, at: datetime) -> list[Insured]:
        held = {CoverageStatus.ACTIVE, CoverageStatus.CANCELLED}
        return [
            insured
            for insured in self.insured.get(patient_id, [])
            if insured.coverage.status in held and insured.coverage.period.contains(at)
        ]

    def _shares(self, total: int, insured: list[Insured], kept: Kept, *, settle: bool) -> Shares:
        """An invoice that was given up uses up nothing of the plan year."""
        on = kept.visit.start.date()
        years = [self._year(one, on.year) for one in insured]
        preventive = kept.visit.kind.preventive
        terms = [year.terms(one, on, preventive=preventive) for one, year in zip(insured, years, strict=True)]
        shares = share(total, terms, _CURRENCY, insured=kept.appointment.cancellation is None)
        if settle:
            for year, use in zip(years, shares.uses, strict=True):
                year.use(use)
        return shares

    def _year(self, insured: Insured, year: int) -> PlanYear:
        return self._years.setdefault((insured.coverage.id, year), PlanYear.begun(insured.plan))

    def _issue(self) -> None:
        """A day or two after the visit, in office hours; what is younger is still a draft."""
        dated: dict[datetime, list[Invoice]] = defaultdict(list)
        for invoice in self.invoices:
            luck = chance("issue", invoice.id)
            day = invoice.created_at + timedelta(days=luck.choice([1, 1, 2, 3]))
            at = day.replace(hour=luck.randrange(14, 22), minute=luck.randrange(60), second=luck.randrange(60), microsecond=0)
            if invoice.status is InvoiceStatus.DRAFT and at < self.anchor - timedelta(hours=3):
                dated[at].append(invoice)
        numbers = count(1)
        for at in sorted(dated):
            for invoice in dated[at]:
                self._number(invoice, next(numbers), at)
        self._next_number = next(numbers)

    def _number(self, invoice: Invoice, number: int, at: datetime) -> None:
        invoice.number = InvoiceNumber(f"{at.year}-{number:06d}")
        invoice.issued_at, invoice.updated_at = at, at
        invoice.due_on = (at + _TERM).date()
        invoice.revision += 1
        invoice.status = InvoiceStatus.ISSUED
        paid = payments(invoice, number, self.anchor)
        self.payments += paid.entries
        if paid.in_full:
            invoice.status = InvoiceStatus.BALANCED
            invoice.revision += 1
            invoice.updated_at = max(payment.updated_at for payment in paid.entries)

    def _post(self) -> None:
        """What the ledger says of all that, and what of it is settled."""
        books = {invoice.id: Book(invoice) for invoice in self.invoices if invoice.credits_invoice_id is None}
        for note in self.invoices:
            if note.credits_invoice_id is not None:
                books[note.credits_invoice_id].notes.append(note)
        for payment in self.payments:
            books[payment.invoice_id].payments.append(payment)
        for book in books.values():
            book.invoice.status = settled_status(book.invoice, book.wanted())
            self.entries += missing_entries(book)

    def _credit(self) -> None:
        """The newest issued invoice of somebody without insurance was wrong: a credit note takes its lines back."""
        unpaid = {invoice.id for invoice in self.invoices} - {payment.invoice_id for payment in self.payments}
        wrong = max(
            (one for one in self.invoices if one.status is InvoiceStatus.ISSUED and one.id in unpaid and one.coverage_id is None),
            key=lambda invoice: invoice.number or "",
        )
        wrong.billed = None  # it may be billed anew
        at = self.anchor - timedelta(hours=2)
        taken_back = [line.model_copy(update={"quantity": -line.quantity, "amount": line.amount * -1}) for line in wrong.lines]
        total = wrong.total * -1
        steps = [ResponsibilityStep(label="Credited", rule="sum of the lines", amount=total, running_total=total)]
        self.invoices.append(
            Invoice(
                id=demo_id("Invoice", f"credit-{wrong.id}"),
                created_at=at,
                updated_at=at,
                number=f"{at.year}-{self._next_number:06d}",
                status=InvoiceStatus.BALANCED,
                patient_id=wrong.patient_id,
                appointment_id=wrong.appointment_id,
                lines=taken_back,
                total=total,
                insurance=wrong.insurance * -1,
                patient_responsibility=wrong.patient_responsibility * -1,
                explanation=steps,
                issued_at=at,
                credits_invoice_id=wrong.id,
                confidentiality=wrong.confidentiality,
            )
        )
