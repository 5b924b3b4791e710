"""What is known of a coverage from all that was answered."""

from datetime import timedelta
from typing import Any

import pytest

from models.coverage import BenefitRow, Benefits, EligibilityCheck, EligibilityOutcome, EligibilitySource, Network
from resolvers.eligibility.knowledge import answers, is_stale, known_benefits
from tests.clinic import NOON, dollars

COPAY = Benefits(copay=dollars(2500))
LIMIT = Benefits(deductible=dollars(150000), deductible_remaining=dollars(40000))


def check(days_ago: int = 0, *rows: BenefitRow, **more: Any) -> EligibilityCheck:
    given = {"outcome": EligibilityOutcome.COMPLETE, "in_force": True, "answered_by": EligibilitySource.PAYER} | more
    checked_at = NOON - timedelta(days=days_ago)
    made: EligibilityCheck = EligibilityCheck.model_construct(
        id=f"{days_ago:03d}", coverage_id="c", patient_id="p", checked_at=checked_at, benefit_rows=list(rows), **given
    )
    return made


def row(service_type: str, benefits: Benefits, network: Network = Network.ANY, *, covered: bool | None = None) -> BenefitRow:
    return BenefitRow(service_type=service_type, network=network, covered=covered, benefits=benefits)


def known(*checks: EligibilityCheck, service_type: str = "98", in_network: bool = True) -> tuple[str, Benefits] | None:
    found = known_benefits(checks, service_type, in_network=in_network)
    return None if found is None else (found[0].id, found[1].benefits)


def test_an_asking_without_an_answer_is_none() -> None:
    nothing = [
        check(outcome=EligibilityOutcome.ERROR, in_force=None),
        check(outcome=EligibilityOutcome.QUEUED, in_force=None),
        check(outcome=EligibilityOutcome.PARTIAL, in_force=None),
        check(outcome=EligibilityOutcome.ERROR, in_force=True),
    ]
    assert (answers(nothing), known(*nothing)) == ([], None)
    assert known(*nothing, check(5, row("98", COPAY))) == ("005", COPAY)


def test_the_more_exact_row_goes_first_and_the_plans_own_fills_up() -> None:
    rows = [
        row("30", LIMIT),
        row("30", Benefits(copay=dollars(9900)), Network.IN),
        row("98", COPAY, Network.IN),
        row("98", Benefits(copay=dollars(6000)), Network.OUT),
    ]
    assert known(check(0, *rows)) == ("000", LIMIT.model_copy(update={"copay": dollars(2500)}))
    assert known(check(0, *rows), in_network=False) == ("000", LIMIT.model_copy(update={"copay": dollars(6000)}))
    assert known(check(0, *rows), service_type="35") == ("000", LIMIT.model_copy(update={"copay": dollars(9900)}))


def test_what_is_left_of_the_plans_limit_is_not_put_beside_another_limit() -> None:
    no_deductible = Benefits(deductible=dollars(0))
    assert known(check(0, row("30", LIMIT), row("98", no_deductible))) == ("000", no_deductible)


def test_a_service_that_is_not_covered_stays_so() -> None:
    found = known_benefits(
        [check(0, row("98", Benefits(), covered=False), row("30", LIMIT, covered=True))], "98", in_network=True
    )
    assert found is not None
    assert found[1].covered is False


def test_a_newer_answer_that_says_less_leaves_the_older_one_standing() -> None:
    assert known(check(0), check(5, row("98", COPAY))) == ("005", COPAY)
    assert known(check(0, row("35", LIMIT)), check(5, row("98", COPAY))) == ("005", COPAY)


def test_what_is_not_in_force_any_more_pays_nothing() -> None:
    older = check(5, row("98", COPAY))
    assert known(check(0, in_force=False), older) == ("000", Benefits())
    assert known(check(0), check(3, in_force=False), older) == ("000", Benefits())


def test_last_years_benefits_are_over() -> None:
    assert known(check(0), check(70, row("98", COPAY))) == ("000", Benefits())


def test_answers_from_before_there_were_rows_count() -> None:
    old = check(0, benefits=COPAY, service_type="30")
    assert known(old) == ("000", COPAY)
    assert known(check(0, benefits=COPAY, service_type="35")) == ("000", Benefits())


@pytest.mark.parametrize(("days", "stale"), [(0, False), (29, False), (30, True), (61, True)])
def test_an_answer_is_good_for_thirty_days(days: int, *, stale: bool) -> None:
    assert is_stale(check(days), NOON) is stale


def test_an_answer_is_over_with_its_plan_year() -> None:
    new_year = NOON.replace(month=1, day=1, hour=0)
    december = check()
    december.checked_at = new_year - timedelta(seconds=1)
    assert is_stale(december, new_year)
    assert not is_stale(december, new_year - timedelta(milliseconds=1))
