"""One invoice for a claim and the explanations of benefit that answer it.

``total = insurance + patient's part + adjustment`` holds for every invoice, to the minor unit. ``source.resource`` is a FHIR
collection Bundle of the claim and its explanations, each whole; the extra field ``imported_parts`` has the digest of each.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from pymongo import UpdateOne

from models.confidentiality import strictest
from models.identity import imported_id
from models.invoice import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Payment,
    PaymentMethod,
    PaymentStatus,
    ResponsibilityStep,
)
from models.money import Money
from models.source import Source, UnplacedContent, new_source
from models.values import CodeableConcept
from ohms_graphql.fhir.canonical import digest_of
from ohms_graphql.fhir.element import Refusal
from ohms_graphql.fhir.keys import Key
from ohms_graphql.fhir.mapping.claims import (
    COINSURANCE,
    COPAY,
    DEDUCTIBLE,
    NOT_COVERED,
    Benefit,
    Billed,
    Item,
)
from ohms_graphql.fhir.plan import Also, Options, Plan
from ohms_graphql.fhir.storage import encoded

_MOST = 1 << 53
"""Minor units that every client can count: beyond it JavaScript loses some."""

_PATIENTS_PARTS = {
    DEDUCTIBLE: "Deductible, for the patient",
    COPAY: "Copayment, for the patient",
    COINSURANCE: "Coinsurance, for the patient",
    NOT_COVERED: "Not covered, for the patient",
}
_CLOSED = {
    "draft": InvoiceStatus.DRAFT,
    "cancelled": InvoiceStatus.CANCELLED,
    "entered-in-error": InvoiceStatus.ENTERED_IN_ERROR,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """The resources of one invoice, by key: the claim and its explanations as they came."""

    document_id: str
    resources: dict[Key, dict[str, Any]]

    @property
    def keys(self) -> list[Key]:
        """The claim first."""
        return sorted(self.resources, key=lambda key: (key.type != "Claim", key.id))

    @property
    def digests(self) -> list[dict[str, str]]:
        """In the order of the bundle's entries."""
        return [{"key": str(key), "digest": digest_of(self.resources[key])} for key in self.keys]

    def source(self, system: str) -> Source[UnplacedContent]:
        entries = [{"resource": self.resources[key]} for key in self.keys]
        whole = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        return new_source(system, str(self.keys[0]), digest_of(whole), whole)


def map_invoice(
    parts: Parts, claim: Billed | None, benefits: list[Benefit], options: Options, *, known: bool, answered: bool = False
) -> Plan:
    """``known`` when the invoice was imported before, ``answered`` when this import has an explanation of it.

    An explanation whose claim never came makes an invoice by itself.

    An explanation that is not active, or counts in another currency than the claim, pays nothing here.

    What an insurer is said to have paid counts as paid even where the payer is named ``no_insurance``, as some sources have it;
    such a payer makes no coverage.
    """
    first = claim or benefits[0]
    currency = next((billed.currency for billed in [first, *benefits] if billed.currency), options.currency)
    counted = [benefit for benefit in benefits if benefit.status == "active" and (benefit.currency or currency) == currency]
    lines = _lines(first, {sequence: price for benefit in counted for sequence, price in benefit.prices.items()}, currency)
    total = sum(line.amount.minor_units for line in lines)
    payments = {benefit.frame.key: minor_units(benefit.paid, currency, "payment.amount") for benefit in counted}
    insurance = sum(payments.values())
    adjustment = max((minor_units(benefit.adjustment, currency, "item.adjudication") for benefit in counted), default=0)
    if total - insurance - adjustment < 0:
        adjustment = total - insurance
    patient = total - insurance - adjustment
    coverage_id = next((billed.coverage_id for billed in [*benefits, first] if billed.coverage_id), None)
    # The explanations know more of a coverage than the claim that mentions it; before they come the claim's word is not taken.
    mentioned = None if answered and not benefits else next((it.coverage for it in [*benefits, first] if it.coverage), None)
    invoice = Invoice(
        id=parts.document_id,
        source=parts.source(options.source),
        status=_CLOSED.get(first.status) or (InvoiceStatus.ISSUED if patient else InvoiceStatus.BALANCED),
        patient_id=first.patient_id,
        appointment_id=next((billed.appointment_id for billed in [first, *benefits] if billed.appointment_id), None),
        coverage_id=coverage_id or (mentioned.document_id if mentioned else None),
        lines=lines,
        total=Money(minor_units=total, currency=currency),
        insurance=Money(minor_units=insurance, currency=currency),
        patient_responsibility=Money(minor_units=patient, currency=currency),
        explanation=_explanation(total, adjustment, payments, counted, currency),
        issued_at=first.created,
        confidentiality=strictest(first.confidentiality, *(benefit.confidentiality for benefit in benefits)),
    ).model_copy(update={"imported_parts": parts.digests})
    also = [mentioned.made()] if mentioned and not coverage_id else []
    also += [update for benefit in benefits if (update := _payment(invoice, benefit, payments, currency, options, known))]
    return Plan(invoice, also)


def minor_units(amount: Decimal, currency: str, path: str) -> int:
    """Rounded once, half up. Raises Refusal beyond what can be counted exactly."""
    with localcontext(prec=60):
        exponent = Money(minor_units=0, currency=currency).exponent
        rounded = amount.scaleb(exponent).to_integral_value(ROUND_HALF_UP)
    if abs(rounded) > _MOST:
        raise Refusal(path, "an amount below 90 trillion expected")
    return int(rounded)


def _lines(billed: Billed, prices: dict[Decimal, Decimal], currency: str) -> list[InvoiceLine]:
    """Lines whose sum is the total stated.

    What the priced items leave of the total is the price of the first item without one, as a visit's fee is in many claims.
    Without such an item, or when items come to more than the total, a line of its own says so.
    """
    amounts = [item.amount if item.amount is not None else prices.get(item.sequence or Decimal(0)) for item in billed.items]
    known = [None if amount is None else minor_units(amount, currency, "item.net") for amount in amounts]
    stated = sum(amount or 0 for amount in known)
    total = stated if billed.total is None else minor_units(billed.total, currency, "total")
    if total > stated and None in known:
        known[known.index(None)] = total - stated
    lines = [_line(item, amount or 0, currency) for item, amount in zip(billed.items, known, strict=True)]
    difference = total - sum(line.amount.minor_units for line in lines)
    if difference or not lines:
        text = "Difference to the total stated" if lines else "Not itemized"
        lines.append(_line(Item(CodeableConcept(text=text), None, None, None), difference, currency))
    return lines


def _line(item: Item, amount: int, currency: str) -> InvoiceLine:
    """Unit price times quantity is the amount: a quantity that is no whole number, or does not divide it, counts as one."""
    count = int(item.quantity) if item.quantity is not None and item.quantity == int(item.quantity) else 1
    quantity = count if count > 0 and amount % count == 0 else 1
    return InvoiceLine(
        code=item.code,
        description=item.code.text,
        quantity=quantity,
        unit_price=Money(minor_units=amount // quantity, currency=currency),
        amount=Money(minor_units=amount, currency=currency),
    )


def _explanation(
    total: int, adjustment: int, payments: dict[Key, int], benefits: list[Benefit], currency: str
) -> list[ResponsibilityStep]:
    """The charge, then what each takes off it until nothing is left: contract, insurers, and the patient's own parts."""
    taken: list[tuple[str, str, int]] = []
    if adjustment:
        label = "Contractual adjustment" if adjustment > 0 else "Paid beyond the charge"
        taken.append((label, "submitted less allowed (ExplanationOfBenefit.item.adjudication)", adjustment))
    taken += [
        (f"Paid by {benefit.payer}", "ExplanationOfBenefit.payment", payments[benefit.frame.key])
        for benefit in benefits
        if payments[benefit.frame.key]
    ]
    left = total - sum(amount for _, _, amount in taken)
    taken += _patients_parts(left, benefits, currency)
    steps = [_step("Charged", "Claim.total", total, total, currency)]
    left = total
    for label, rule, amount in taken:
        left -= amount
        steps.append(_step(label, rule, -amount, left, currency))
    return steps


def _step(label: str, rule: str, amount: int, left: int, currency: str) -> ResponsibilityStep:
    return ResponsibilityStep(
        label=label,
        rule=rule,
        amount=Money(minor_units=amount, currency=currency),
        running_total=Money(minor_units=left, currency=currency),
    )


def _patients_parts(left: int, benefits: list[Benefit], currency: str) -> list[tuple[str, str, int]]:
    """The patient's part by category, as the latest explanation has it; the last takes the cents that rounding left over."""
    if not left:
        return []
    parts: list[tuple[str, str, int]] = []
    latest = max(benefits, key=lambda benefit: (benefit.created is not None, benefit.created), default=None)
    for category, label in _PATIENTS_PARTS.items():
        amount = minor_units(latest.sums.get(category, Decimal(0)), currency, "item.adjudication") if latest else 0
        if (part := min(amount, left)) > 0:
            parts.append((label, f"{category} (ExplanationOfBenefit.item.adjudication)", part))
            left -= part
    if parts and 0 < left <= len(parts):
        label, rule, amount = parts.pop()
        parts.append((label, rule, amount + left))
    elif left:
        rule = "not adjudicated (ExplanationOfBenefit)" if benefits else "no ExplanationOfBenefit"
        parts.append(("Not decided by an insurer, for the patient", rule, left))
    return parts


def _payment(
    invoice: Invoice, benefit: Benefit, payments: dict[Key, int], currency: str, options: Options, known: bool
) -> Also | None:
    """What the insurer paid, as a payment of its own; one that the source takes back is kept as failed."""
    key = benefit.frame.key
    payment_id = imported_id(options.source, "Payment", str(key))
    amount = payments.get(key, 0)
    if amount <= 0:
        gone = {"status": PaymentStatus.FAILED.value, "failure_reason": "No longer stated by its source."}
        return Also(Payment, UpdateOne({"_id": payment_id}, {"$set": gone})) if known else None
    raw = encoded(
        Payment(
            id=payment_id,
            invoice_id=invoice.id,
            patient_id=invoice.patient_id,
            amount=Money(minor_units=amount, currency=currency),
            method=PaymentMethod.INSURANCE,
            status=PaymentStatus.SUCCEEDED,
            received_at=benefit.paid_at,
            confidentiality=invoice.confidentiality,
        )
    )
    stated = {name: raw.pop(name) for name in ("patient_id", "amount", "status", "received_at", "failure_reason")}
    raw.pop("_id")
    return Also(Payment, UpdateOne({"_id": payment_id}, {"$set": stated, "$setOnInsert": raw}, upsert=True))
