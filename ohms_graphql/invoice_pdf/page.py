"""What stands on a printed invoice: texts, dates and amounts, worked out by others. Nothing is read or reckoned here.

Texts may hold anything that people can type: ``drawing`` makes them printable.
"""

from dataclasses import dataclass
from datetime import date

from models.money import Money


@dataclass(frozen=True)
class Party:
    """The clinic, or the patient."""

    name: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrintedLine:
    """``amount = quantity * unit_price - discount + tax``. ``discount`` is above zero."""

    description: str
    code: str
    quantity: int
    unit_price: Money
    amount: Money
    discount: Money | None = None
    tax: Money | None = None


@dataclass(frozen=True)
class PrintedStep:
    """One step from the total to the patient's part, ``running_total`` being what is left after it."""

    label: str
    rule: str
    amount: Money
    running_total: Money


@dataclass(frozen=True)
class PrintedPayment:
    """``paid_on`` is missing where the money is not there yet."""

    paid_on: date | None
    method: str
    amount: Money
    status: str


@dataclass(frozen=True)
class PrintedSums:
    """``total = adjustment + insurance + patient_responsibility``.

    ``balance`` is what the patient owes: ``patient_responsibility - paid + refunded - credited + transferred``, as the ledger has
    it. What was paid, refunded and credited is above zero on an invoice, and so is what the insurer left to the patient
    (``transferred``); a credit note's sums are below zero.
    """

    total: Money
    adjustment: Money
    insurance: Money
    patient_responsibility: Money
    paid: Money
    refunded: Money
    credited: Money
    transferred: Money
    balance: Money


@dataclass(frozen=True)
class InvoicePage:
    """``title`` is "Invoice" or "Credit note". A draft has no number and no day of issue."""

    title: str
    number: str
    status: str
    clinic: Party
    patient: Party
    sums: PrintedSums
    lines: tuple[PrintedLine, ...]
    issued_on: date | None = None
    due_on: date | None = None
    visit_on: date | None = None
    explanation: tuple[PrintedStep, ...] = ()
    payments: tuple[PrintedPayment, ...] = ()
    note: str = ""

    @property
    def heading(self) -> str:
        """``Invoice 2026-000123``: also the document's title, for readers of the file."""
        return f"{self.title} {self.number}".strip()
