"""FHIR's times and numbers, over all that FHIR allows."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohms_graphql.fhir.canonical import digest_of
from ohms_graphql.fhir.datatypes import calendar_date, instant
from ohms_graphql.fhir.element import Element, Refusal
from ohms_graphql.fhir.walk import references_in

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def at(text: str) -> datetime | None:
    return instant(Element({"at": text}), "at")


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), OFFSETS)  # noqa: DTZ001 -- the zone is the other argument
def test_any_instant_is_kept_to_the_millisecond(moment: datetime, zone: timezone) -> None:
    written = moment.replace(tzinfo=zone)
    read = at(written.isoformat(timespec="microseconds"))
    assert read is not None
    assert read.tzinfo is UTC
    assert timedelta(0) <= written - read < timedelta(milliseconds=1)
    assert read.microsecond % 1000 == 0


@given(st.dates())
def test_a_partial_date_is_its_beginning_in_utc(day: datetime) -> None:
    assert at(day.strftime("%Y").zfill(4)) == datetime(day.year, 1, 1, tzinfo=UTC)
    assert at(day.isoformat()[:7]) == datetime(day.year, day.month, 1, tzinfo=UTC)
    assert at(day.isoformat()) == datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert calendar_date(Element({"at": day.isoformat()}), "at") == day


def test_a_leap_second_is_the_second_after_it() -> None:
    assert at("2016-12-31T23:59:60Z") == datetime(2017, 1, 1, tzinfo=UTC)
    assert at("2016-12-31T23:59:60.5Z") == datetime(2017, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-3-5",
        "20240305",
        "2024-W10",
        "05.03.2024",
        "2024-03-05T09:30Z",
        "2024-03-05T09:30:00",
        "2024-03-05 09:30:00Z",
        "x2024",
    ],
)
def test_what_is_no_fhir_time_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"^at: FHIR date or time with zone expected$"):
        at(text)


@pytest.mark.parametrize("text", ["2024-13", "2023-02-29", "2024-01-01T24:00:01Z", "0001-01-01T00:00:00+14:00", "0000"])
def test_a_time_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"^at: no such date or time$"):
        at(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_the_digest_tells_apart_what_fhir_tells_apart(value: Decimal) -> None:
    again = json.loads(json.dumps({"a": str(value)}))["a"]
    assert digest_of({"value": value, "unit": "g"}) == digest_of({"unit": "g", "value": Decimal(again)})
    assert digest_of({"value": value}) != digest_of({"value": value + Decimal("0.0000010")})
    assert digest_of({"value": Decimal("1.0")}) != digest_of({"value": Decimal("1.00")})


@given(st.integers(0, 33), st.integers(-20, 20))
def test_numbers_of_up_to_34_digits_are_kept(digits: int, exponent: int) -> None:
    number = Decimal((0, (1,) * (digits + 1), exponent))
    assert references_in({"value": number, "subject": {"reference": "Patient/1"}}) == [("subject.reference", "Patient/1")]
    with pytest.raises(Refusal, match=r"^a\[1\]\.value: number of at most 34 digits expected$"):
        references_in({"a": [1, {"value": Decimal((0, (1,) * 35, exponent))}]})
