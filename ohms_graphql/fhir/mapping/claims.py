"""What claims and explanations of benefit say, before the two are put together (see mapping.invoices)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from models.confidentiality import Confidentiality, strictest
from models.values import CodeableConcept
from ohms_graphql.fhir.datatypes import concept, instant, required_concept
from ohms_graphql.fhir.element import Element, Refusal
from ohms_graphql.fhir.mapping.coverages import Mentioned, mentioned_coverage
from ohms_graphql.fhir.plan import Frame
from ohms_graphql.fhir.security_labels import confidentiality

ZERO = Decimal(0)
_CURRENCY = re.compile(r"[A-Z]{3}")
Sums = dict[str, Decimal]
"""Amounts by category of adjudication."""

_STATUS = {"active": "active", "cancelled": "cancelled", "draft": "draft", "entered-in-error": "entered-in-error"}

# FHIR's adjudication codes, CARIN's additions, and the variables of Medicare's Blue Button (the last part of their address).
SUBMITTED = "submitted"
ALLOWED = "allowed"
PAID = "paid"
DEDUCTIBLE = "deductible"
COPAY = "copay"
COINSURANCE = "coinsurance"
NOT_COVERED = "noncovered"
_CATEGORY = {
    "submitted": SUBMITTED,
    "line_sbmtd_chrg_amt": SUBMITTED,
    "eligible": ALLOWED,
    "line_alowd_chrg_amt": ALLOWED,
    "benefit": PAID,
    "paidtoprovider": PAID,
    "line_prvdr_pmt_amt": PAID,
    "deductible": DEDUCTIBLE,
    "line_bene_ptb_ddctbl_amt": DEDUCTIBLE,
    "copay": COPAY,
    "coinsurance": COINSURANCE,
    "line_coinsrnc_amt": COINSURANCE,
    "noncovered": NOT_COVERED,
}


@dataclass(frozen=True, slots=True)
class Item:
    """``amount`` is for all of them, None when the source prices only the whole."""

    code: CodeableConcept
    quantity: Decimal | None
    amount: Decimal | None
    sequence: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """What both kinds of resource say. ``frame`` is kept for its links.

    ``confidentiality`` is the strictest of its own labels and of those of the visits billed, where this import brings them.
    """

    frame: Frame
    status: str
    patient_id: str
    appointment_id: str | None
    created: datetime | None
    items: list[Item]
    total: Decimal | None
    currency: str | None
    coverage_id: str | None
    coverage: Mentioned | None
    confidentiality: Confidentiality = Confidentiality.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit(Billed):
    """``paid`` is what the insurer paid; ``sums`` are adjudications by category, ``prices`` by sequence of the claim."""

    payer: str
    paid: Decimal
    paid_at: datetime | None
    adjustment: Decimal
    sums: Sums
    prices: dict[Decimal, Decimal] = field(default_factory=dict)


def is_bill(resource: Element) -> bool:
    """Requests for authorization and predeterminations ask for no money."""
    return resource.raw("use") not in ("preauthorization", "predetermination")


def read_claim(resource: Element, frame: Frame) -> Billed:
    items = [_item(element, _net(element)) for element in resource.elements("item")]
    total = resource.element("total")
    return Billed(**_shared(resource, frame), items=items, total=total.decimal("value") if total else None)


def read_benefit(resource: Element, frame: Frame) -> Benefit:
    items, prices = [], {}
    sums: Sums = {}
    adjustment = ZERO
    for element in resource.elements("item"):
        of_item = _adjudicated(element.elements("adjudication"))
        _add(sums, of_item)
        if ALLOWED in of_item and SUBMITTED in of_item:
            adjustment += max(of_item[SUBMITTED] - of_item[ALLOWED], ZERO)
        net = _net(element)
        price = net if net is not None else of_item.get(SUBMITTED)
        items.append(_item(element, price))
        for sequence in _list(element, "itemSequence"):
            if price is not None:
                prices[sequence] = price
    totals = _adjudicated(resource.elements("total"))
    sums = sums or _adjudicated(resource.elements("adjudication")) or totals
    insurer = resource.element("insurer")
    shared = _shared(resource, frame)
    mentioned: Mentioned | None = shared["coverage"]
    payment = resource.element("payment")
    return Benefit(
        **shared,
        items=items,
        total=totals.get(SUBMITTED),
        payer=(mentioned.payer if mentioned else None) or (insurer.text("display") if insurer else None) or "insurance",
        paid=max(_paid(payment, totals, sums), ZERO),
        paid_at=(instant(payment, "date") if payment else None) or shared["created"],
        adjustment=adjustment,
        sums=sums,
        prices=prices,
    )


def _shared(resource: Element, frame: Frame) -> dict[str, Any]:
    patient_id = frame.links.required(resource, "patient", "Patient")
    visits = [visit for element in resource.elements("item") for visit in element.elements("encounter")]
    insurances = resource.elements("insurance")
    insurance = next((element for element in insurances if element.boolean("focal")), insurances[0] if insurances else None)
    holder = insurance.element("coverage") if insurance else None
    return {
        "frame": frame,
        "status": resource.required_code("status", _STATUS),
        "patient_id": patient_id,
        "appointment_id": frame.links.first(list(visits), "Encounter", "appointment_id"),
        "created": instant(resource, "created"),
        "currency": _currency(resource),
        "coverage_id": frame.links.optional(holder, "Coverage", "coverage_id"),
        "coverage": mentioned_coverage(insurance, resource, patient_id, frame) if insurance else None,
        "confidentiality": strictest(confidentiality(resource), *_of_visits(visits, frame)),
    }


def _of_visits(visits: list[Element], frame: Frame) -> Iterator[Confidentiality]:
    directory = frame.links.directory
    for visit in visits:
        key = directory.find(visit.text("reference") or "").key
        yield directory.index.confidential.get(key, Confidentiality.NORMAL) if key else Confidentiality.NORMAL


def _item(element: Element, amount: Decimal | None) -> Item:
    quantity = element.element("quantity")
    return Item(
        code=required_concept(element, "productOrService"),
        quantity=quantity.decimal("value") if quantity else None,
        amount=amount,
        sequence=element.decimal("sequence"),
    )


def _net(element: Element) -> Decimal | None:
    """The amount stated, else unit price times quantity times factor."""
    net, price = element.element("net"), element.element("unitPrice")
    stated = net.decimal("value") if net else None
    each = price.decimal("value") if price else None
    if stated is not None or each is None:
        return stated
    quantity = element.element("quantity")
    count = quantity.decimal("value") if quantity else None
    factor = element.decimal("factor")
    return each * (Decimal(1) if count is None else count) * (Decimal(1) if factor is None else factor)


def _adjudicated(elements: list[Element]) -> Sums:
    sums: Sums = {}
    for element in elements:
        amount = element.element("amount")
        value = amount.decimal("value") if amount else None
        category = _category(element)
        if value is not None and category is not None:
            _add(sums, {category: value})
    return sums


def _add(sums: Sums, more: Sums) -> None:
    for category, value in more.items():
        sums[category] = sums.get(category, ZERO) + value


def _category(element: Element) -> str | None:
    found = concept(element.element("category"))
    codes = [coding.code.rsplit("/", 1)[-1] for coding in found.codings] if found else []
    return next((_CATEGORY[code] for code in codes if code in _CATEGORY), None)


def _paid(payment: Element | None, totals: Sums, sums: Sums) -> Decimal:
    """The payment itself when it is stated, else the benefits adjudicated."""
    amount = payment.element("amount") if payment else None
    stated = amount.decimal("value") if amount else None
    return stated if stated is not None else totals.get(PAID, sums.get(PAID, ZERO))


def _list(element: Element, name: str) -> list[Decimal]:
    values = element.raw(name)
    return [Decimal(value) for value in values if isinstance(value, int)] if isinstance(values, list) else []


def _currency(resource: Element) -> str | None:
    """Raises Refusal when a resource counts in two currencies: such sums do not add up."""
    found: set[str] = set()
    holders = [resource, *resource.elements("item")] if isinstance(resource.raw("item"), list) else [resource]
    for holder in holders:
        for name in ("total", "net", "unitPrice", "payment"):
            value = holder.raw(name)
            for amount in value if isinstance(value, list) else [value]:
                money = amount.get("amount", amount) if isinstance(amount, dict) else None
                currency = money.get("currency") if isinstance(money, dict) else None
                if currency is not None:
                    found.add(_checked(currency, holder.at(name)))
    if len(found) > 1:
        raise Refusal("total", "amounts in one currency expected")
    return found.pop() if found else None


def _checked(currency: object, path: str) -> str:
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise Refusal(path, "a currency of three capital letters (ISO 4217) expected")
    return currency
