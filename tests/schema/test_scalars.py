"""Instants as they are shown."""

from datetime import UTC, datetime, timedelta, timezone

from bson.tz_util import utc
from hypothesis import given
from hypothesis import strategies as st

from schema.scalars import parse_instant, show_instant, show_instants

ZONES = st.sampled_from([utc, UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(0))])


INSTANTS = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001


@given(INSTANTS)
def test_an_instant_is_shown_as_rfc_3339_and_read_back(instant: datetime) -> None:
    shown = show_instant(instant)
    assert shown == instant.isoformat().replace("+00:00", "Z")
    assert parse_instant(shown) == instant


@given(st.lists(INSTANTS))
def test_many_are_shown_as_each_is(instants: list[datetime]) -> None:
    assert show_instants(instants) == [show_instant(instant) for instant in instants]
