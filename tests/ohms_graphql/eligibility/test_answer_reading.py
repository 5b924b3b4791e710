"""A 271 as benefits: what is said is read, what cannot be is left out, and nothing is made up."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.coverage import BenefitRow, Benefits, EligibilityOutcome, Network
from models.money import Money
from ohms_graphql.eligibility.answer_reading import read_answer
from ohms_graphql.eligibility.question_json import question_json
from resolvers.eligibility.gateway import EligibilityAnswer, EligibilityQuestion
from tests.ohms_graphql.eligibility.payer import PLAN, answer, row
from tests.ohms_graphql.eligibility.questions import FOR_CHARLIE, OWN

COMPLETE, PARTIAL, ERROR = EligibilityOutcome.COMPLETE, EligibilityOutcome.PARTIAL, EligibilityOutcome.ERROR


def dollars(cents: int) -> Money:
    return Money(minor_units=cents)


def asked(question: EligibilityQuestion = OWN) -> dict[str, Any]:
    return question_json(question, control_number="000000007", organization="Clinic", npi="1234567893")


def read(rows: list[Any] | None = None, question: EligibilityQuestion = OWN, **more: Any) -> EligibilityAnswer:
    return read_answer(answer(asked(question), rows, **more), question, "USD")


def only(found: EligibilityAnswer) -> Benefits:
    [single] = found.rows
    return single.benefits


def test_the_question_names_who_is_insured_and_who_the_patient_is() -> None:
    assert asked() == {
        "controlNumber": "000000007",
        "tradingPartnerServiceId": "60054",
        "provider": {"organizationName": "Clinic", "npi": "1234567893"},
        "subscriber": {
            "memberId": "W123456",
            "groupNumber": "G1",
            "firstName": "Alice",
            "lastName": "Müller",
            "dateOfBirth": "19800229",
            "gender": "F",
        },
        "encounter": {"serviceTypeCodes": ["30", "98"], "dateOfService": "20260302"},
    }
    child = {"firstName": "Charlie", "lastName": "Müller", "dateOfBirth": "20180101", "relationshipCode": "19"}
    assert asked(FOR_CHARLIE)["dependents"] == [child]


def test_an_answer_is_rows_by_service_and_network() -> None:
    found = read()
    assert (found.outcome, found.in_force, found.message, found.reference) == (COMPLETE, True, None, "000000007")
    general = Benefits(
        deductible=dollars(150000),
        deductible_remaining=dollars(40000),
        out_of_pocket_maximum=dollars(600000),
        out_of_pocket_remaining=dollars(525050),
        coinsurance_percent=Decimal(20),
    )
    assert found.rows == [
        BenefitRow(service_type="30", network=Network.IN, benefits=general),
        BenefitRow(service_type="98", network=Network.IN, benefits=Benefits(copay=dollars(2500))),
        BenefitRow(service_type="98", network=Network.OUT, benefits=Benefits(copay=dollars(6000))),
    ]


def test_a_persons_limit_goes_before_the_familys_and_never_mixes_with_it() -> None:
    family = [row("C", "3000", timeQualifierCode="23", coverageLevelCode="FAM")]
    assert only(read(family)).deductible == dollars(300000)
    mixed = [*family, row("C", "100", timeQualifierCode="29")]
    assert (only(read(mixed)).deductible, only(read(mixed)).deductible_remaining) == (None, dollars(10000))
    spouse = row("C", "1", timeQualifierCode="23", coverageLevelCode="SPO")
    assert read([spouse]).rows == []


def test_what_holds_in_no_network_or_any_is_kept_apart() -> None:
    rows = [row("B", "10", timeQualifierCode="27", inPlanNetworkIndicatorCode=code) for code in ("W", "U")]
    [found] = read(rows).rows
    assert (found.network, found.benefits.copay) == (Network.ANY, dollars(1000))


def test_what_is_not_covered_is_said_so() -> None:
    found = read([row("I", serviceTypeCodes=["35"]), row("1", serviceTypeCodes=["98"])])
    assert {(each.service_type, each.covered) for each in found.rows} == {("35", False), ("98", True)}
    assert (found.in_force, found.outcome) == (True, COMPLETE)


@pytest.mark.parametrize(
    ("statuses", "rows", "in_force"),
    [
        ([("1", "30")], [], True),
        ([("5", "30")], [], True),
        ([("6", "30")], [], False),
        ([("8", "30")], PLAN, False),
        ([], [row("1")], True),
        ([("1", "98")], [], True),
        ([("6", "35")], [], None),
        ([("1", "30"), ("6", "30")], [], None),
        ([("6", "30"), ("1", "35")], [], False),
        ([], [], None),
        ([("9", "30")], [], None),
    ],
)
def test_whether_it_is_in_force(statuses: list[tuple[str, str]], rows: list[Any], in_force: bool | None) -> None:
    said = [{"statusCode": code, "serviceTypeCodes": [service]} for code, service in statuses]
    found = read(rows, planStatus=said)
    assert found.in_force is in_force
    assert (found.outcome is ERROR) is (in_force is None)
    assert found.rows == [] or in_force


@pytest.mark.parametrize(
    "lie",
    [
        row("B", "-25.00"),
        row("B", "25.005"),
        row("B", "1" * 12),
        row("B", "1e3"),
        row("B", "NaN"),
        row("B", "٢٥"),
        row("B", "25,00"),
        row("B"),
        {**row("B"), "benefitAmount": True},
        {**row("B"), "benefitAmount": ["25"]},
        row("A", benefitPercent="1.01"),
        row("A", benefitPercent="20"),
        row("A", benefitPercent="-0.2"),
        row("A", benefitPercent="0.123456"),
        row("B", "25", serviceTypeCodes="98"),
        row("B", "25", serviceTypeCodes=["9 8"]),
        row("B", "25", serviceTypeCodes=[98]),
        row("B", "25", inPlanNetworkIndicatorCode="X"),
        row("B", "25", coverageLevelCode=7),
        "a row",
        None,
        {},
        {"code": ["B"]},
    ],
)
def test_what_cannot_be_is_left_out_and_told(lie: Any) -> None:
    found = read([row("C", "1500", timeQualifierCode="23"), lie])
    assert (found.outcome, found.in_force) == (PARTIAL, True)
    assert only(found) == Benefits(deductible=dollars(150000))
    assert "left out" in (found.message or "")


@pytest.mark.parametrize(
    "rows",
    [
        [row("C", "100", timeQualifierCode="23"), row("C", "101", timeQualifierCode="29")],
        [
            row("G", "100", timeQualifierCode="23"),
            row("G", "200", timeQualifierCode="23"),
            row("G", "50", timeQualifierCode="29"),
        ],
        [row("B", "25", timeQualifierCode="27"), row("B", "50", timeQualifierCode="27")],
    ],
)
def test_what_contradicts_itself_is_not_known(rows: list[Any]) -> None:
    found = read(rows)
    assert (found.outcome, found.in_force, found.rows) == (PARTIAL, True, [])


def test_the_same_said_twice_is_no_contradiction() -> None:
    found = read([row("B", "25"), row("B", "25.00")])
    assert (found.outcome, only(found).copay) == (COMPLETE, dollars(2500))


@pytest.mark.parametrize(
    "subscriber",
    [
        {"memberId": "W999"},
        {"memberId": None},
        {"memberId": "W123456", "dateOfBirth": "19800228"},
        {"memberId": "W123456", "lastName": "Baker"},
    ],
)
def test_an_answer_about_somebody_else_is_none(subscriber: dict[str, Any]) -> None:
    found = read(subscriber=subscriber)
    assert (found.outcome, found.in_force, found.rows) == (ERROR, None, [])
    assert "somebody else" in (found.message or "")


@pytest.mark.parametrize(
    "subscriber",
    [
        {"memberId": "w123-456"},
        {"memberId": "W123456", "lastName": "MULLER", "dateOfBirth": "1980-02-29", "firstName": "A"},
        {"memberId": "W123456", "lastName": "Müller-Schmidt"},
    ],
)
def test_payers_write_names_and_numbers_in_their_own_way(subscriber: dict[str, Any]) -> None:
    assert read(subscriber=subscriber).in_force is True


def test_a_dependent_must_be_named() -> None:
    assert read(question=FOR_CHARLIE).in_force is True
    assert read(question=FOR_CHARLIE, dependents=[]).in_force is None
    twin = {"firstName": "Carla", "lastName": "Müller", "dateOfBirth": "20180101"}
    assert read(question=FOR_CHARLIE, dependents=[twin]).in_force is None
    own_number = {"memberId": "W123456", "firstName": "CHARLIE", "lastName": "MULLER", "dateOfBirth": "20180101"}
    assert read(question=FOR_CHARLIE, dependents=None, subscriber=own_number).in_force is True


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (["42"], "ask again later"),
        (["80"], "ask again later"),
        (["72"], "does not know this member id"),
        (["75"], "does not know this member id"),
        (["15", "75"], "does not know this member id"),
        (["79"], "electronic id"),
        (["73"], "AAA 73"),
        (["Alice Müller"], "did not take the question."),
        ([None], "did not take the question."),
    ],
)
def test_a_refusal_is_no_answer_and_quotes_nobody(codes: list[Any], told: str) -> None:
    """Not found is not "not covered"."""
    found = read(errors=[{"code": code, "description": "Alice Müller W123456"} for code in codes])
    assert (found.outcome, found.in_force, found.rows) == (ERROR, None, [])
    assert told in (found.message or "")
    assert "Müller" not in (found.message or "")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "active",
        17,
        {},
        {"subscriber": []},
        {"errors": "75"},
        {"errors": ["75"]},
        {"subscriber": {"memberId": "W123456"}, "planStatus": {"statusCode": "1"}},
        {"subscriber": {"memberId": "W123456"}, "benefitsInformation": {}},
        {"subscriber": {"memberId": "W123456", "lastName": {}}},
        {"subscriber": {"memberId": "W123456"}, "planStatus": ["1"]},
    ],
)
def test_another_shape_is_no_answer(body: Any) -> None:
    found = read_answer(body, OWN, "USD")
    assert (found.outcome, found.in_force, found.rows) == (ERROR, None, [])


def test_amounts_are_exact_in_a_currency_without_cents() -> None:
    found = read_answer(answer(asked(), [row("B", "2500"), row("C", "10.5", timeQualifierCode="23")]), OWN, "JPY")
    assert (found.outcome, only(found).copay) == (PARTIAL, Money(minor_units=2500, currency="JPY"))


_WORDS = st.sampled_from(["30", "98", "1", "6", "B", "C", "29", "Y", "0.2", "25.00", "-1", "W123456", "", "IND"])
_INNER = ["code", "serviceTypeCodes", "benefitAmount", "benefitPercent", "timeQualifierCode", "inPlanNetworkIndicatorCode"]
_OUTER = ["planStatus", "benefitsInformation", "subscriber", "memberId", "errors", "statusCode", "dependents"]
_NAMES = st.sampled_from([*_INNER, *_OUTER, "coverageLevelCode"])
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=25,
)


@given(_ANYTHING, st.lists(_ANYTHING, max_size=4), _ANYTHING)
def test_whatever_comes_is_read_without_a_fault_and_stays_possible(body: Any, rows: list[Any], status: Any) -> None:
    read_answer(body, FOR_CHARLIE, "USD")
    for each in read(rows, planStatus=[status]).rows:
        benefits = each.benefits
        for whole, left in (
            (benefits.deductible, benefits.deductible_remaining),
            (benefits.out_of_pocket_maximum, benefits.out_of_pocket_remaining),
        ):
            assert whole is None or left is None or 0 <= left.minor_units <= whole.minor_units
        assert benefits.coinsurance_percent is None or 0 <= benefits.coinsurance_percent <= 100
