"""Money: whatever claims and explanations say, the invoice adds up to the minor unit."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.invoice import Invoice, InvoiceStatus
from models.source import new_source
from models.values import CodeableConcept
from ohms_graphql.fhir.directory import Directory
from ohms_graphql.fhir.element import Refusal
from ohms_graphql.fhir.index import Index
from ohms_graphql.fhir.keys import Key
from ohms_graphql.fhir.links import Links
from ohms_graphql.fhir.mapping.claims import COINSURANCE, COPAY, DEDUCTIBLE, NOT_COVERED, Benefit, Billed, Item
from ohms_graphql.fhir.mapping.coverages import nobody
from ohms_graphql.fhir.mapping.invoices import Parts, map_invoice, minor_units
from ohms_graphql.fhir.plan import Frame
from tests.ohms_graphql.fhir.conftest import OPTIONS

pytestmark = pytest.mark.usefixtures("database")

AMOUNTS = st.decimals(Decimal(-50), Decimal(5000), places=4)
POSITIVE = st.decimals(Decimal(0), Decimal(5000), places=4)
ITEMS = st.builds(
    Item,
    code=st.just(CodeableConcept(text="thing")),
    quantity=st.none() | st.decimals(Decimal(-1), Decimal(12), places=1),
    amount=st.none() | AMOUNTS,
    sequence=st.none() | st.integers(1, 3).map(Decimal),
)
SUMS = st.dictionaries(st.sampled_from([DEDUCTIBLE, COPAY, COINSURANCE, NOT_COVERED]), POSITIVE)
CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"])


def frame(key: Key) -> Frame:
    source = new_source(OPTIONS.source, str(key), "", {})
    return Frame(key, source, Links(Directory(Index(), OPTIONS.source), OPTIONS.source), OPTIONS)


def billed(items: list[Item], total: Decimal | None, currency: str | None, status: str = "active") -> Billed:
    return Billed(
        frame=frame(Key("Claim", "c")),
        status=status,
        patient_id="P",
        appointment_id=None,
        created=datetime(2024, 1, 1, tzinfo=UTC),
        items=items,
        total=total,
        currency=currency,
        coverage_id=None,
        coverage=None,
    )


def benefit(number: int, paid: Decimal, adjustment: Decimal, sums: dict[str, Decimal], status: str = "active") -> Benefit:
    return Benefit(
        frame=frame(Key("ExplanationOfBenefit", f"e{number}")),
        status=status,
        patient_id="P",
        appointment_id=None,
        created=datetime(2024, 2, number, tzinfo=UTC),
        items=[],
        total=None,
        currency=None,
        coverage_id=None,
        coverage=None,
        payer="Acme",
        paid=paid,
        paid_at=None,
        adjustment=adjustment,
        sums=sums,
        prices={},
    )


def invoice_of(claim: Billed, benefits: list[Benefit]) -> Invoice:
    resources = {found.frame.key: {"id": found.frame.key.id} for found in [claim, *benefits]}
    document = map_invoice(Parts("I", resources), claim, benefits, OPTIONS, known=False).document
    assert isinstance(document, Invoice)
    return document


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(
    items=st.lists(ITEMS, max_size=5),
    total=st.none() | POSITIVE,
    answers=st.lists(st.tuples(POSITIVE, POSITIVE, SUMS), max_size=3),
    currency=CURRENCIES,
)
def test_every_invoice_adds_up(
    items: list[Item], total: Decimal | None, answers: list[tuple[Decimal, Decimal, dict[str, Decimal]]], currency: str
) -> None:
    benefits = [benefit(number, *answer) for number, answer in enumerate(answers, 1)]
    invoice = invoice_of(billed(items, total, currency), benefits)
    charge = invoice.total.minor_units
    assert sum(line.amount.minor_units for line in invoice.lines) == charge
    assert all(line.unit_price.minor_units * line.quantity == line.amount.minor_units for line in invoice.lines)
    if total is not None:
        assert charge == minor_units(total, currency, "")
    first, *steps = invoice.explanation
    adjustments = {"Contractual adjustment", "Paid beyond the charge"}
    adjustment = -sum(step.amount.minor_units for step in steps if step.label in adjustments)
    patients = -sum(step.amount.minor_units for step in steps if step.label.endswith("for the patient"))
    insurers = -sum(step.amount.minor_units for step in steps if step.label == "Paid by Acme")
    assert insurers == invoice.insurance.minor_units
    assert patients == invoice.patient_responsibility.minor_units >= min(0, charge)
    assert charge == insurers + patients + adjustment
    assert first.running_total.minor_units == charge
    assert [step.running_total.minor_units for step in invoice.explanation][-1] == 0
    assert {money.currency for line in invoice.lines for money in (line.amount, line.unit_price)} == {currency}


def test_an_amount_is_rounded_once_half_up() -> None:
    assert minor_units(Decimal("112.41600000000001"), "USD", "") == 11242
    assert minor_units(Decimal("0.005"), "USD", "") == 1
    assert minor_units(Decimal("0.5"), "JPY", "") == 1
    with pytest.raises(Refusal, match=r"^total: an amount below 90 trillion expected$"):
        minor_units(Decimal("1e20"), "USD", "total")


def test_cents_left_over_by_rounding_go_to_the_last_part() -> None:
    parts = {DEDUCTIBLE: Decimal("33.333"), COINSURANCE: Decimal("33.333"), NOT_COVERED: Decimal("33.333")}
    invoice = invoice_of(billed([], Decimal(100), "USD"), [benefit(1, Decimal(0), Decimal(0), parts)])
    assert [-step.amount.minor_units for step in invoice.explanation[1:]] == [3333, 3333, 3334]


def test_nothing_left_to_pay_is_balanced_and_other_statuses_are_kept() -> None:
    paid = invoice_of(billed([], Decimal(100), "USD"), [benefit(1, Decimal(80), Decimal(20), {})])
    assert paid.status is InvoiceStatus.BALANCED
    overpaid = invoice_of(billed([], Decimal(100), "USD"), [benefit(1, Decimal(120), Decimal(0), {})])
    assert overpaid.patient_responsibility.minor_units == 0
    assert overpaid.explanation[1].label == "Paid beyond the charge"
    for status, expected in (("draft", "DRAFT"), ("cancelled", "CANCELLED"), ("entered-in-error", "ENTERED_IN_ERROR")):
        assert invoice_of(billed([], Decimal(1), "USD", status), []).status == expected


def test_a_cancelled_explanation_pays_nothing() -> None:
    invoice = invoice_of(billed([], Decimal(100), "USD"), [benefit(1, Decimal(80), Decimal(0), {}, "cancelled")])
    assert invoice.insurance.minor_units == 0


@pytest.mark.parametrize("payer", ["NO_INSURANCE", "no insurance", "None", "Self-pay", "uninsured"])
def test_nobody_is_no_payer(payer: str) -> None:
    assert nobody(payer)
    assert not nobody("Nonesuch Mutual")
