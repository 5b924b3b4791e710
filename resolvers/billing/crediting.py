"""Credit notes: the only way in which an issued invoice is corrected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python

from models.invoice import CreditReason, Invoice, InvoiceLine, InvoiceNumber, InvoiceStatus, PlanUse, ResponsibilityStep
from models.ledger import LedgerCause
from models.money import Money
from resolvers.billing.drafts import invoice_must_be_visible, local_day, read_invoice
from resolvers.billing.lines import check_amount
from resolvers.billing.numbering import next_number
from resolvers.billing.positions import ASKED
from resolvers.billing.posting import post
from resolvers.billing.splitting import split
from resolvers.complaints import MAX_ITEMS, MAX_TEXT, Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import InvalidInput, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCredit:
    """``line`` is the place on the invoice, from 0."""

    line: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Crediting:
    """``lines`` None: all that has not been credited yet."""

    invoice_id: str
    reason: str
    lines: Sequence[LineCredit] | None = None

    def noted(self) -> dict[str, Any]:
        found: dict[str, Any] = to_jsonable_python({name: getattr(self, name) for name in self.__slots__})
        return found


async def credit_invoice(context: RequestContext, crediting: Crediting, key: str | None) -> str:
    """The id of the credit note. What was paid beyond what is left to pay becomes the patient's credit.

    Raises Rejected: NotFound, NOT_ISSUED, NOTHING_TO_CREDIT, and InvalidInput by line for what is more than is left of it.
    """
    await invoice_must_be_visible(context, crediting.invoice_id)
    instant = context.access.instant
    year = local_day(instant, context.access.majority.time_zone).year

    async def work(session: Session) -> Answer:
        number = await next_number(session, year)
        invoice = await read_invoice(session, crediting.invoice_id)
        _must_be_issued(invoice)
        notes = await Invoice.find({"credits_invoice_id": invoice.id}, session=session).sort("_id").to_list()
        left = _left_of_lines(invoice, notes)
        taken = _taken(invoice, crediting, left)
        note = _note(invoice, notes, taken, crediting)
        note.number, note.issued_at = InvoiceNumber(number), instant
        note.created_at = note.updated_at = instant
        await note.insert(session=session)
        if sum(left) == sum(taken.values()):
            # The visit may be billed anew.
            released = {"$unset": {"billed": ""}}
            await Invoice.get_pymongo_collection().update_one({"_id": invoice.id}, released, session=session)
        await post(session, invoice.id, LedgerCause.CREDIT_NOTE, instant, cash=0)
        context.trail.changed("Invoice", note.id, note.patient_id, ["number", "lines", "status"])
        return {"id": note.id}

    return str((await once(context, "creditInvoice", key, crediting.noted(), work))["id"])


def _must_be_issued(invoice: Invoice) -> None:
    if invoice.status not in ASKED or invoice.credits_invoice_id is not None:
        what = "a credit note" if invoice.credits_invoice_id is not None else invoice.status.value
        message = f"It is {what}: only issued invoices are credited."
        raise Rejected(InvalidInput(message=message, code="NOT_ISSUED", path=["id"]))


def _left_of_lines(invoice: Invoice, notes: Sequence[Invoice]) -> list[int]:
    """Minor units of each line that no note has taken back. Notes without places (imported) take from the lines in order."""
    left = [line.amount.minor_units for line in invoice.lines]
    for line in (line for note in notes if note.status in ASKED for line in note.lines):
        rest = -line.amount.minor_units
        places = range(len(left)) if line.credits_line is None else [line.credits_line]
        for place in places:
            part = min(rest, left[place])
            left[place] -= part
            rest -= part
    return left


def _taken(invoice: Invoice, crediting: Crediting, left: list[int]) -> dict[int, int]:
    """Minor units to take back by line. Raises Rejected."""
    currency = invoice.total.currency
    complaints = Complaints()
    complaints.text(["reason"], crediting.reason, most=MAX_TEXT, required=True)
    taken: dict[int, int] = {}
    if crediting.lines is None:
        taken = {place: amount for place, amount in enumerate(left) if amount > 0}
    else:
        complaints.items(["lines"], crediting.lines, most=MAX_ITEMS * 10)
        for place, wish in enumerate(crediting.lines):
            path = ["lines", str(place)]
            if not 0 <= wish.line < len(left):
                complaints.add([*path, "line"], f"Is {wish.line}; the invoice has lines from 0 to {len(left) - 1}.")
            elif wish.line in taken:
                complaints.add([*path, "line"], "Is given twice.")
            else:
                check_amount(complaints, wish.amount, [*path, "amount"], currency, most=left[wish.line])
                taken[wish.line] = wish.amount.minor_units
    complaints.check()
    if not taken:
        raise Rejected(InvalidInput(message="Nothing is left to credit.", code="NOTHING_TO_CREDIT", path=["id"]))
    return taken


def _note(invoice: Invoice, notes: Sequence[Invoice], taken: dict[int, int], crediting: Crediting) -> Invoice:
    """Each share gives back in proportion to what is left of it, by the largest remainder."""
    total = sum(taken.values())
    asked = [invoice, *(note for note in notes if note.status in ASKED)]
    shares = [
        max(0, sum(amount.minor_units for amount in amounts))
        for amounts in (
            [each.patient_responsibility for each in asked],
            [each.insurance for each in asked],
            [each.adjustment for each in asked],
        )
    ]
    patient, insurance, adjustment = split(total, shares)
    currency = invoice.total.currency

    def money(minor_units: int) -> Money:
        return Money(minor_units=minor_units, currency=currency)

    left = -total
    steps = [ResponsibilityStep(label="Credited", rule="sum of the lines", amount=money(left), running_total=money(left))]
    for label, part in (("Of the adjustment", adjustment), ("Of the insurer's part", insurance)):
        if part:
            left += part
            rule = "in proportion to what is left of each part"
            steps.append(ResponsibilityStep(label=label, rule=rule, amount=money(part), running_total=money(left)))
    uses = [_use_back(use, total, invoice.total.minor_units) for use in invoice.plan_uses]
    return Invoice(
        status=InvoiceStatus.BALANCED,
        patient_id=invoice.patient_id,
        appointment_id=invoice.appointment_id,
        coverage_id=invoice.coverage_id,
        lines=[_back(invoice.lines[place], place, amount) for place, amount in sorted(taken.items())],
        total=money(-total),
        insurance=money(-insurance),
        patient_responsibility=money(-patient),
        explanation=steps,
        credits_invoice_id=invoice.id,
        credit_reason=CreditReason(crediting.reason.strip()),
        insured=invoice.insured,
        service_on=invoice.service_on,
        service_type=invoice.service_type,
        plan_uses=uses,
        confidentiality=invoice.confidentiality,
    )


def _use_back(use: PlanUse, taken: int, whole: int) -> PlanUse:
    """What the plan year gets back, in proportion, rounded down."""

    def part(amount: Money) -> Money:
        return Money(minor_units=-(amount.minor_units * taken // whole), currency=amount.currency)

    return use.model_copy(update={"deductible": part(use.deductible), "out_of_pocket": part(use.out_of_pocket)})


def _back(line: InvoiceLine, place: int, amount: int) -> InvoiceLine:
    """The line taken back, or a part of it with its part of the tax."""
    currency = line.amount.currency
    if amount == line.amount.minor_units:
        tax = line.tax * -1 if line.tax else None
        discount = line.discount * -1 if line.discount else None
        back = {"quantity": -line.quantity, "amount": line.amount * -1, "tax": tax, "discount": discount}
        return line.model_copy(update={**back, "credits_line": place})
    whole = line.amount.minor_units
    of_tax = split(amount, [whole - line.tax.minor_units, line.tax.minor_units])[1] if line.tax else 0
    return InvoiceLine(
        code=line.code,
        description=line.description,
        quantity=-1,
        unit_price=Money(minor_units=amount - of_tax, currency=currency),
        tax_percent=line.tax_percent,
        tax=Money(minor_units=-of_tax, currency=currency) if line.tax else None,
        amount=Money(minor_units=-amount, currency=currency),
        credits_line=place,
    )
