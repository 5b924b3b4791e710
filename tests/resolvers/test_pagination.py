"""Pages: every row once, in order, whatever is inserted meanwhile."""

from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.appointment import Appointment, AppointmentStatus
from models.role import Role
from ohms_graphql.database import Database
from resolvers.access import Access
from resolvers.errors import BadInput
from resolvers.pagination import Order, PageRequest, decode_cursor, encode_cursor, page_request
from resolvers.principal import Principal
from resolvers.queries import find_page
from tests.clinic import NOON

STAFF = Principal(account_id="staff", roles=frozenset({Role.STAFF}))


def _appointment(hours: int | None, number: int) -> Appointment:
    start = None if hours is None else NOON + timedelta(hours=hours)
    return Appointment(
        id=f"{number:026d}",
        status=AppointmentStatus.BOOKED,
        start=start,
        time_zone="UTC",
        patient_id="p",
        provider_id="d",
    )


async def _walk(order: Order, size: int, *, backward: bool) -> list[str]:
    access = Access(STAFF, NOON)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await find_page(Appointment, access, {}, order, PageRequest(size, backward=backward, cursor=cursor))
        ids = [document.id for document in page.documents]
        seen = ids + seen if backward else seen + ids
        more = page.has_previous if backward else page.has_next
        if not more:
            return seen
        cursor = page.cursor(page.documents[0] if backward else page.documents[-1])


HOURS = [None, 3, 1, None, 2, 2, 2, 5, None, 1]


@pytest.mark.parametrize("size", [1, 2, 3, 10])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("backward", [False, True])
async def test_every_row_comes_once_and_in_order(database: Database, size: int, descending: bool, backward: bool) -> None:
    await Appointment.insert_many([_appointment(hours, number) for number, hours in enumerate(HOURS)])
    expected = sorted(range(len(HOURS)), key=lambda n: (HOURS[n] is not None, HOURS[n] or 0, n), reverse=descending)
    walked = await _walk(Order("start", descending), size, backward=backward)
    assert walked == [f"{number:026d}" for number in expected]


async def test_rows_inserted_before_the_cursor_change_nothing_after_it(database: Database) -> None:
    await Appointment.insert_many([_appointment(hours, hours) for hours in range(10, 20)])
    access = Access(STAFF, NOON)
    order = Order("start")
    first = await find_page(Appointment, access, {}, order, PageRequest(5))
    await Appointment.insert_many([_appointment(hours, hours) for hours in range(5)])
    second = await find_page(Appointment, access, {}, order, PageRequest(5, cursor=first.cursor(first.documents[-1])))
    assert [document.id for document in second.documents] == [f"{number:026d}" for number in range(15, 20)]
    assert second.has_next is False
    assert second.has_previous is True


@given(st.one_of(st.none(), st.text(), st.datetimes(timezones=st.just(UTC))), st.from_regex(r"[0-9A-Z]{26}", fullmatch=True))
def test_a_cursor_stands_where_it_was_made(value: object, document_id: str) -> None:
    order = Order("start")
    assert decode_cursor(order, encode_cursor(order, value, document_id), "after") == (value, document_id)


@given(st.text())
def test_a_made_up_cursor_is_refused_not_misread(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        decode_cursor(Order("start"), text, "after")
    assert refusal.value.code == "BAD_USER_INPUT"


def test_a_cursor_of_another_order_is_refused() -> None:
    cursor = encode_cursor(Order("created_at"), NOON, "0" * 26)
    with pytest.raises(BadInput, match="another order"):
        decode_cursor(Order("start"), cursor, "after")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5, None, 5, None), "first or last, not both"),
        ((-1, None, None, None), "first is -1; it must be from 0 to 200"),
        ((201, None, None, None), "first is 201; it must be from 0 to 200"),
        ((None, None, 300, None), "last is 300"),
        ((None, "x", 5, None), "after goes with first"),
        ((5, None, None, "x"), "before goes with last"),
    ],
)
def test_wrong_arguments_are_named_with_their_limit(arguments: tuple[int, str, int, str], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        page_request(*arguments, maximum=200)


def test_twenty_rows_when_nothing_is_said() -> None:
    assert page_request(None, None, None, None, maximum=200) == PageRequest(size=20)
