"""Who owes what: tables of plans worked out by hand, and what holds for all of them."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import Money
from resolvers.billing.responsibility import PlanTerms, Shares, share

CURRENCIES = ("JPY", "USD", "EUR", "KWD")


def plan(payer: str = "Halcyon", *, percent: str | None = None, discount: str = "0", **terms: Any) -> PlanTerms:
    in_force = terms.pop("in_force", True)
    return PlanTerms(
        coverage_id=payer.lower(),
        payer=payer,
        check_id=f"check of {payer}",
        in_force=in_force,
        coinsurance_percent=None if percent is None else Decimal(percent),
        discount_percent=Decimal(discount),
        as_of=date(2026, 2, 1),
        **terms,
    )


def parts(shares: Shares) -> tuple[int, int, int]:
    return shares.adjustment, shares.insurance, shares.patient


# charge, plans, (adjustment, insurance, patient): each worked out by hand.
QUILL = plan("Quill", percent="20")

GOLDEN: list[tuple[str, int, Sequence[PlanTerms], tuple[int, int, int]]] = [
    ("no insurance", 20_000, [], (0, 0, 20_000)),
    ("a copay and nothing else", 20_000, [plan(copay=2_500)], (0, 17_500, 2_500)),
    ("a copay larger than the charge", 2_000, [plan(copay=2_500)], (0, 0, 2_000)),
    # 200.00 - 18% = 164.00; 25.00 copay
    ("adjustment before copay", 20_000, [plan(copay=2_500, discount="18")], (3_600, 13_900, 2_500)),
    # 200.00 - 20% = 160.00; deductible 100.00; 20% of the 60.00 left = 12.00
    ("deductible, then coinsurance", 20_000, [plan(deductible_left=10_000, percent="20", discount="20")], (4_000, 4_800, 11_200)),
    # deductible 100.00, copay 25.00 of the 100.00 left, 10% of 75.00 = 7.50
    ("deductible, copay, coinsurance", 20_000, [plan(deductible_left=10_000, copay=2_500, percent="10")], (0, 6_750, 13_250)),
    ("deductible not met", 20_000, [plan(deductible_left=60_000, percent="20")], (0, 0, 20_000)),
    ("deductible met", 20_000, [plan(deductible_left=0, percent="20")], (0, 16_000, 4_000)),
    # 100.00 + 20.00 would be the patient's, but 50.00 is left of the maximum
    ("out-of-pocket maximum", 20_000, [plan(deductible_left=10_000, percent="20", out_of_pocket_left=5_000)], (0, 15_000, 5_000)),
    ("out-of-pocket maximum reached", 20_000, [plan(copay=2_500, out_of_pocket_left=0)], (0, 20_000, 0)),
    # 33.33% of 100.01: 33.333 -> 33.33, rounded once
    ("rounded once", 10_001, [plan(percent="33.33")], (0, 6_668, 3_333)),
    ("half a cent is the patient's", 10_001, [plan(percent="50")], (0, 5_000, 5_001)),
    # first: 100.00 + 20.00 the patient's; second alone would pay 80% of 200.00, and 120.00 is left
    (
        "a second plan pays all that is left",
        20_000,
        [plan(deductible_left=10_000, percent="20"), QUILL],
        (0, 20_000, 0),
    ),
    # first leaves 40.00; second would pay 200.00 - 190.00 = 10.00
    (
        "a second plan pays what it would pay as the first",
        20_000,
        [plan(percent="20"), plan("Quill", deductible_left=19_000)],
        (0, 17_000, 3_000),
    ),
    # the adjustment is the first plan's: 160.00 allowed; 32.00 left; second pays 80% of 160.00 at most, so 32.00
    (
        "one adjustment",
        20_000,
        [plan(percent="20", discount="20"), plan("Quill", percent="20", discount="50")],
        (4_000, 16_000, 0),
    ),
    ("three plans", 20_000, [plan(percent="50"), plan("Quill", percent="90"), plan("Third", percent="95")], (0, 13_000, 7_000)),
    ("not in force, says the payer", 20_000, [plan(in_force=False)], (0, 0, 20_000)),
    (
        "the second where the first is not in force",
        20_000,
        [plan(in_force=False), QUILL],
        (0, 16_000, 4_000),
    ),
    ("not covered", 20_000, [plan(covered=False, percent="20")], (0, 0, 20_000)),
    ("nothing charged", 0, [plan(copay=2_500)], (0, 0, 0)),
]


@pytest.mark.parametrize(("charge", "plans", "expected"), [row[1:] for row in GOLDEN], ids=[row[0] for row in GOLDEN])
def test_plans_worked_out_by_hand(charge: int, plans: Sequence[PlanTerms], expected: tuple[int, int, int]) -> None:
    shares = share(charge, plans, "USD")
    assert parts(shares) == expected
    assert shares.known


AMOUNTS = st.none() | st.integers(0, 300_000)
PLANS = st.lists(
    st.builds(
        PlanTerms,
        coverage_id=st.just("c"),
        payer=st.sampled_from(["Halcyon", "Quill"]),
        in_force=st.sampled_from([True, True, True, False, None]),
        covered=st.sampled_from([None, True, False]),
        discount_percent=st.decimals(0, 100, places=2),
        deductible_left=AMOUNTS,
        copay=AMOUNTS,
        coinsurance_percent=st.none() | st.decimals(0, 100, places=2),
        out_of_pocket_left=AMOUNTS,
    ),
    max_size=3,
)


@given(charge=st.integers(0, 10**9), plans=PLANS, currency=st.sampled_from(CURRENCIES))
def test_insurer_patient_and_adjustment_are_the_charge_to_the_minor_unit(
    charge: int, plans: list[PlanTerms], currency: str
) -> None:
    shares = share(charge, plans, currency)
    assert sum(parts(shares)) == charge
    assert min(parts(shares)) >= 0
    first, *_, last = [*shares.steps, shares.steps[-1]]
    assert first.amount == first.running_total == Money(minor_units=charge, currency=currency)
    assert last.running_total == Money(minor_units=shares.patient, currency=currency)
    for one, other in itertools.pairwise(shares.steps):
        assert one.running_total + other.amount == other.running_total
    for use in shares.uses:
        assert use.terms.out_of_pocket_left is None or use.out_of_pocket <= use.terms.out_of_pocket_left
        assert use.deductible <= (use.terms.deductible_left or 0)


@given(charge=st.integers(0, 10**6), plans=PLANS)
def test_one_more_plan_never_costs_the_patient_more(charge: int, plans: list[PlanTerms]) -> None:
    known = [each for each in plans if each.known]
    for count in range(1, len(known)):
        if known[count - 1].pays:
            assert share(charge, known[: count + 1], "USD").patient <= share(charge, known[:count], "USD").patient


def test_no_answer_is_not_not_covered_and_nothing_is_assumed() -> None:
    for unknown in (plan(in_force=None), plan(), replace(plan(), out_of_pocket_left=5)):
        shares = share(20_000, [unknown, plan("Quill", percent="20")], "USD")
        assert not shares.known
        assert parts(shares) == (0, 0, 20_000)
        assert "nothing is assumed" in shares.steps[1].rule


def test_an_old_answer_is_used_and_said_to_be_old() -> None:
    shares = share(20_000, [plan(percent="20", stale=True)], "USD")
    assert (parts(shares), shares.stale) == ((0, 16_000, 4_000), True)
    assert any("2026-02-01, which is long ago" in step.rule for step in shares.steps)


def test_the_explanation_is_in_words_step_by_step() -> None:
    terms = plan(deductible_left=10_000, copay=2_500, percent="10", discount="18", out_of_pocket_left=12_000)
    steps = share(20_000, [terms], "USD").steps
    told = [(step.label, step.rule, step.amount.minor_units, step.running_total.minor_units) for step in steps]
    assert told == [
        ("Charge", "sum of the lines", 20_000, 20_000),
        ("Contractual adjustment", "18% by contract with Halcyon", -3_600, 16_400),
        ("Allowed by Halcyon", "benefits as of 2026-02-01", -16_400, 0),
        ("Deductible", "100.00 USD of the plan year's is left to pay first", 10_000, 10_000),
        ("Copay", "a fixed amount for the visit", 2_500, 12_500),
        ("Coinsurance", "10% of 39.00 USD", 390, 12_890),
        ("Out-of-pocket maximum", "at most 120.00 USD more in this plan year", -890, 12_000),
    ]
