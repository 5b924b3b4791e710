"""Coverages, invoices in every status, and payments of every kind. The maths is exact."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from models.appointment import Appointment, AppointmentStatus
from models.coverage import (
    Benefits,
    Coverage,
    CoverageOrder,
    CoverageStatus,
    EligibilityCheck,
    EligibilityOutcome,
    EligibilitySource,
    SubscriberRelationship,
)
from models.invoice import Invoice, InvoiceLine, InvoiceStatus, Payment, PaymentMethod, PaymentStatus, Refund, ResponsibilityStep
from models.money import Money
from models.patient import Patient
from models.values import CodeableConcept, Period
from models.visit_type import VisitType
from ohms_graphql.demo.cast import demo_id

PAYERS = ("Northwind Health", "Blue Harbor", "Summit Mutual", "Prairie Care")
COPAY = Money(minor_units=2500)


def usd(cents: int) -> Money:
    return Money(minor_units=cents)


def coverages(random: Random, number: int, patient: Patient, made: datetime, *, child: bool) -> list[Coverage]:
    """One for most, two for some, none for a few; a child is covered through a parent."""
    orders = [[CoverageOrder.PRIMARY], [CoverageOrder.PRIMARY, CoverageOrder.SECONDARY], []]
    held = orders[0] if number < 3 else random.choices(orders, weights=[80, 12, 8])[0]
    cancelled = number % 50 == 49
    return [
        Coverage(
            id=demo_id("Coverage", f"{number}-{order}"),
            created_at=made,
            updated_at=made,
            status=CoverageStatus.CANCELLED if cancelled else CoverageStatus.ACTIVE,
            order=order,
            patient_id=patient.id,
            payer=random.choice(PAYERS),
            plan_name=random.choice(["PPO Silver", "HMO Basic", "PPO Gold"]),
            member_id=f"W{random.randrange(10**9):09d}",
            group_number=f"G{random.randrange(10**5):05d}",
            subscriber=f"Parent of {patient.name.text}" if child else patient.name.text,
            relationship=SubscriberRelationship.CHILD if child else SubscriberRelationship.SELF,
            period=Period(start=made, end=made + timedelta(days=200) if cancelled else None),
        )
        for order in held
    ]


def check(random: Random, coverage: Coverage, anchor: datetime) -> EligibilityCheck | None:
    """Most were verified, some too long ago, some without an answer: then nothing is known, which is not "not covered"."""
    chance = random.random()
    if chance < 0.15:
        return None
    at = (anchor - timedelta(days=random.choice([2, 5, 12, 20, 45, 90]), minutes=random.randrange(900))).replace(microsecond=0)
    answered = chance > 0.25
    benefits = Benefits(
        deductible=usd(100000),
        deductible_remaining=usd(random.randrange(0, 100001, 500)),
        copay=COPAY,
        coinsurance_percent=Decimal(20),
        out_of_pocket_maximum=usd(500000),
        out_of_pocket_remaining=usd(random.randrange(100000, 500001, 500)),
    )
    return EligibilityCheck(
        id=demo_id("EligibilityCheck", coverage.id),
        created_at=at,
        updated_at=at,
        coverage_id=coverage.id,
        patient_id=coverage.patient_id,
        outcome=EligibilityOutcome.COMPLETE if answered else EligibilityOutcome.ERROR,
        in_force=coverage.status is CoverageStatus.ACTIVE if answered else None,
        answered_by=EligibilitySource.PAYER,
        checked_at=at,
        benefits=benefits if answered else None,
        message=None if answered else "The payer's system did not answer.",
    )


@dataclass
class Books:
    """Writes invoices and payments in the order of the visits; numbers have no gaps."""

    random: Random
    anchor: datetime
    types: dict[str, VisitType]
    coverage_of: dict[str, Coverage]
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    _issued: int = 0

    def bill(self, visit: Appointment) -> None:
        """An invoice for a visit that took place, or a late cancellation's fee."""
        if visit.status is AppointmentStatus.FULFILLED and visit.end is not None and visit.visit_type_id is not None:
            self._visit(visit, visit.end, self.types[visit.visit_type_id])
        elif visit.cancellation is not None and visit.cancellation.fee is not None:
            self._invoice(visit, visit.cancellation.at, "Late cancellation", visit.cancellation.fee, usd(0), usd(0))

    def _visit(self, visit: Appointment, end: datetime, kind: VisitType) -> None:
        coverage = self.coverage_of.get(visit.patient_id)
        if coverage is None or coverage.status is not CoverageStatus.ACTIVE:
            self._invoice(visit, end, kind.name, kind.price, usd(0), usd(0))
            return
        adjustment = usd(kind.price.minor_units // 10)
        insurance = kind.price - adjustment - COPAY
        self._invoice(visit, end, kind.name, kind.price, adjustment, insurance, coverage)

    def _invoice(
        self,
        visit: Appointment,
        at: datetime,
        what: str,
        total: Money,
        adjustment: Money,
        insurance: Money,
        coverage: Coverage | None = None,
    ) -> None:
        patient = total - adjustment - insurance
        status = self._status(at)
        issued = status in {InvoiceStatus.ISSUED, InvoiceStatus.BALANCED}
        issued_at = (at + timedelta(days=1)).replace(microsecond=0)
        invoice = Invoice(
            id=demo_id("Invoice", visit.id),
            created_at=at,
            updated_at=at,
            number=self._number() if issued else None,
            status=status,
            patient_id=visit.patient_id,
            appointment_id=visit.id,
            coverage_id=coverage and coverage.id,
            lines=[InvoiceLine(code=CodeableConcept(text=what), description=what, unit_price=total, amount=total)],
            total=total,
            insurance=insurance,
            patient_responsibility=patient,
            explanation=_steps(total, adjustment, insurance),
            issued_at=issued_at if issued else None,
            due_on=(issued_at + timedelta(days=30)).date() if issued else None,
        )
        self.invoices.append(invoice)
        if issued:
            self._pay(invoice, issued_at)

    def _status(self, at: datetime) -> InvoiceStatus:
        if self.anchor - at < timedelta(days=2):
            return InvoiceStatus.DRAFT
        choices = [InvoiceStatus.BALANCED, InvoiceStatus.ISSUED, InvoiceStatus.CANCELLED, InvoiceStatus.ENTERED_IN_ERROR]
        return self.random.choices(choices, weights=[75, 21, 2, 2])[0]

    def _number(self) -> str:
        self._issued += 1
        return f"{self.anchor.year}-{self._issued:06d}"

    def _pay(self, invoice: Invoice, issued_at: datetime) -> None:
        paid_at = min(issued_at + timedelta(days=self.random.randrange(1, 25), hours=2), self.anchor)
        if invoice.insurance.minor_units:
            self._payment(invoice, invoice.insurance, PaymentMethod.INSURANCE, PaymentStatus.SUCCEEDED, paid_at)
        methods = [PaymentMethod.CARD, PaymentMethod.CARD, PaymentMethod.CASH, PaymentMethod.CHECK, PaymentMethod.BANK_TRANSFER]
        method = self.random.choice(methods)
        due = invoice.patient_responsibility
        if invoice.status is InvoiceStatus.BALANCED:
            self._payment(invoice, due, method, PaymentStatus.SUCCEEDED, paid_at)
            if len(self.invoices) % 40 == 0:
                self._refund_all(invoice, due, paid_at)
        elif self.random.random() < 0.5:
            status = self.random.choice([PaymentStatus.FAILED, PaymentStatus.PENDING])
            reason = "The card was declined." if status is PaymentStatus.FAILED else None
            self._payment(invoice, due, PaymentMethod.CARD, status, paid_at, failure_reason=reason)

    def _refund_all(self, invoice: Invoice, due: Money, at: datetime) -> None:
        """Paid twice by mistake: the second payment went back, in full or in two parts of which one is on its way."""
        half = usd(due.minor_units // 2)
        refund = Refund(amount=due, reason="Paid twice", status=PaymentStatus.SUCCEEDED, at=at)
        part = Refund(amount=half, reason="Paid twice", status=PaymentStatus.SUCCEEDED, at=at)
        if len(self.invoices) % 80 == 0:
            self._payment(invoice, due, PaymentMethod.CARD, PaymentStatus.REFUNDED, at, refunds=[refund])
        else:
            self._payment(invoice, due, PaymentMethod.CARD, PaymentStatus.PARTIALLY_REFUNDED, at, refunds=[part])

    def _payment(
        self, invoice: Invoice, amount: Money, method: PaymentMethod, status: PaymentStatus, at: datetime, **fields: Any
    ) -> None:
        payment = Payment(
            id=demo_id("Payment", f"{invoice.id}-{len(self.payments)}"),
            created_at=at,
            updated_at=at,
            invoice_id=invoice.id,
            patient_id=invoice.patient_id,
            amount=amount,
            method=method,
            status=status,
            received_at=None if status in {PaymentStatus.PENDING, PaymentStatus.FAILED} else at,
            **fields,
        )
        self.payments.append(payment)

    def credit(self) -> None:
        """One issued invoice is corrected by a credit note: the same lines, taken back."""
        wrong = next(invoice for invoice in self.invoices if invoice.status is InvoiceStatus.ISSUED)
        zero = usd(0)
        line = wrong.lines[0].model_copy(update={"unit_price": zero - wrong.total, "amount": zero - wrong.total})
        at = self.anchor - timedelta(days=1)
        note = Invoice(
            id=demo_id("Invoice", f"credit-{wrong.id}"),
            created_at=at,
            updated_at=at,
            number=self._number(),
            status=InvoiceStatus.ISSUED,
            patient_id=wrong.patient_id,
            appointment_id=wrong.appointment_id,
            lines=[line],
            total=zero - wrong.total,
            insurance=zero - wrong.insurance,
            patient_responsibility=zero - wrong.patient_responsibility,
            explanation=_steps(
                zero - wrong.total, zero - (wrong.total - wrong.insurance - wrong.patient_responsibility), zero - wrong.insurance
            ),
            issued_at=at,
            credits_invoice_id=wrong.id,
        )
        self.invoices.append(note)


def _steps(total: Money, adjustment: Money, insurance: Money) -> list[ResponsibilityStep]:
    steps = [ResponsibilityStep(label="Charge", rule="sum of the lines", amount=total, running_total=total)]
    left = total
    for label, rule, amount in (
        ("Contractual adjustment", "10% by contract with the insurer", adjustment),
        ("Paid by insurance", "all but the copay", insurance),
    ):
        if amount.minor_units:
            left -= amount
            steps.append(ResponsibilityStep(label=label, rule=rule, amount=usd(0) - amount, running_total=left))
    return steps
