"""Safe harbour, value by value."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.record import ObservationValue
from models.values import Address, CodeableConcept, Coding, Quantity
from resolvers.deidentification.concepts import coded, value_of
from resolvers.deidentification.places import FEW_PEOPLE, area_of
from resolvers.deidentification.years import Years, age_group

TODAY = date(2026, 3, 2)
YEARS = Years(TODAY)


@pytest.mark.parametrize(
    ("born", "group"),
    [(1937, "85-89"), (1936, "90+"), (1900, "90+"), (2026, "0-4"), (2022, "0-4"), (2021, "5-9"), (2027, None)],
)
def test_age_groups_come_from_the_year(born: int, group: str | None) -> None:
    assert {age_group(date(born, month, 1), TODAY) for month in range(1, 13)} == {group}


def test_a_year_that_tells_of_an_age_over_89_is_left_out() -> None:
    assert YEARS.of_day(date(1937, 12, 31)) == date(1937, 1, 1)
    assert YEARS.of_day(date(1936, 12, 31)) is None
    assert YEARS.of(datetime(1936, 5, 5, tzinfo=UTC)) is None
    assert YEARS.at_least(datetime(1930, 5, 5, tzinfo=UTC)) == datetime(1937, 1, 1, tzinfo=UTC)
    assert YEARS.of(datetime(2025, 5, 5, 4, 3, 2, tzinfo=UTC)) == datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("postal_code", "area"),
    [
        ("02139", "021"),
        ("02139-1234", "021"),
        ("03601", "000"),
        ("2139", None),
        ("SW1A 1AA", None),
        ("near the church", None),
        (None, None),
    ],
)
def test_postal_areas_have_three_digits(postal_code: str | None, area: str | None) -> None:
    shown = area_of(Address(lines=["1 Road"], city="Town", state="ma", postal_code=postal_code, country="usa"))
    assert shown is not None
    assert (shown.lines, shown.city, shown.state, shown.postal_code, shown.country) == ([], None, "MA", area, "US")


def test_the_restricted_areas_are_those_seventeen() -> None:
    assert len(FEW_PEOPLE) == 17
    assert all(len(area) == 3 and area.isdigit() for area in FEW_PEOPLE)


@pytest.mark.parametrize("country", ["DE", None, "the valley"])
def test_outside_the_united_states_only_the_country_stays(country: str | None) -> None:
    shown = area_of(Address(city="Town", state="MA", postal_code="02139", country=country))
    assert shown is not None
    assert (shown.state, shown.postal_code, shown.country) == (None, None, "DE" if country == "DE" else None)


def test_words_for_a_state_are_left_out() -> None:
    shown = area_of(Address(state="Smith's farm", country="US"))
    assert shown is not None
    assert shown.state is None


def test_concepts_keep_published_codes_and_lose_their_words() -> None:
    concept = CodeableConcept(
        text="as Ms. Miller told",
        codings=[
            Coding(system="urn:own", code="4711", display="Miller"),
            Coding(system="http://loinc.org", code="1", display="One"),
        ],
    )
    assert coded(concept).model_dump() == {
        "text": "One",
        "codings": [{"system": "http://loinc.org", "code": "1", "display": "One"}],
    }


def test_an_observed_age_and_spoken_answers_are_left_out() -> None:
    age = CodeableConcept(text="Age", codings=[Coding(system="http://loinc.org", code="30525-0")])
    other = CodeableConcept(text="Other")
    years = ObservationValue(quantity=Quantity(value=Decimal(94), unit="years", code="a"))
    assert value_of(age, ObservationValue(quantity=Quantity(value=Decimal(40))), YEARS) is None
    assert value_of(other, years, YEARS) == ObservationValue()
    assert value_of(other, ObservationValue(text="My name is Miller"), YEARS) == ObservationValue()
    mass = value_of(other, ObservationValue(quantity=Quantity(value=Decimal("7.10"), unit="for Miller", code="kg")), YEARS)
    assert mass is not None
    assert mass.quantity == Quantity(value=Decimal("7.10"), unit="kg", code="kg")
