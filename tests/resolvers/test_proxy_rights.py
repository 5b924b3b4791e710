"""When a proxy's right holds: within its period, and for a parent until the child comes of age."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.patient import Proxy, ProxyRelationship
from models.values import Period
from resolvers.majority import Majority
from resolvers.proxy_rights import right_holds

INSTANTS = st.timedeltas(timedelta(0), timedelta(days=70 * 365)).map(lambda since: datetime(1990, 1, 1, tzinfo=UTC) + since)
DATES = st.dates(date(1970, 1, 1), date(2040, 1, 1))
MAJORITIES = st.builds(
    Majority,
    years=st.integers(14, 25),
    time_zone=st.sampled_from(["UTC", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "Pacific/Apia"]),
)
RELATIONSHIPS = st.sampled_from(ProxyRelationship)
OPEN = Period()


@given(RELATIONSHIPS, st.none() | INSTANTS, st.none() | INSTANTS, st.none() | DATES, INSTANTS, MAJORITIES)
def test_a_right_holds_within_its_period_and_minority_only(
    relationship: ProxyRelationship,
    start: datetime | None,
    end: datetime | None,
    born: date | None,
    instant: datetime,
    majority: Majority,
) -> None:
    proxy = Proxy(account_id="a", relationship=relationship, period=Period(start=start, end=end))
    within = (start is None or start <= instant) and (end is None or instant < end)
    wall = instant.astimezone(ZoneInfo(majority.time_zone)).date()
    expected = within
    if relationship is ProxyRelationship.PARENT:
        # By the calendar on the clinic's wall: completed years, not instants.
        expected = within and born is not None and _years(born, wall) < majority.years
    assert right_holds(proxy, born, instant, majority) is expected


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@given(DATES, MAJORITIES, st.timedeltas(timedelta(microseconds=1), timedelta(days=4000)))
def test_a_parents_right_ends_at_one_instant_and_never_comes_back(born: date, majority: Majority, later: timedelta) -> None:
    proxy = Proxy(account_id="a", relationship=ProxyRelationship.PARENT)
    end = majority.begins(born)
    assert right_holds(proxy, born, end - timedelta(microseconds=1), majority)
    assert not right_holds(proxy, born, end, majority)
    assert not right_holds(proxy, born, end + later, majority)


@pytest.mark.parametrize(
    ("zone", "born", "begins"),
    [
        ("UTC", date(2008, 3, 2), datetime(2026, 3, 2, tzinfo=UTC)),
        ("UTC", date(2008, 2, 29), datetime(2026, 3, 1, tzinfo=UTC)),
        ("America/New_York", date(2008, 3, 2), datetime(2026, 3, 2, 5, tzinfo=UTC)),
        ("America/New_York", date(2008, 7, 2), datetime(2026, 7, 2, 4, tzinfo=UTC)),
        ("Pacific/Auckland", date(2008, 3, 2), datetime(2026, 3, 1, 11, tzinfo=UTC)),
    ],
)
def test_birthdays_begin_at_midnight_in_the_clinics_zone(zone: str, born: date, begins: datetime) -> None:
    assert Majority(18, zone).begins(born) == begins


def test_where_no_birth_date_is_known_nobody_is_of_age_or_a_minor() -> None:
    assert Majority().reached(None, datetime(2026, 1, 1, tzinfo=UTC)) is None
    parent = Proxy(account_id="a", relationship=ProxyRelationship.PARENT)
    assert not right_holds(parent, None, datetime(2026, 1, 1, tzinfo=UTC), Majority())
