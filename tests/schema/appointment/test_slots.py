"""Free slots: in order, paged, and telling nothing of who is busy."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.busy_day import BusyDay, BusyPeriod, busy_day_id
from models.npi import npi_with_check_digit
from models.provider import Availability, AvailabilityException, Provider, Weekday, WeeklyHours
from models.values import CodeableConcept, Coding, HumanName
from models.visit_type import VisitMode, VisitType
from schema.node import global_id
from tests.clinic import dollars
from tests.graph import Graph, gid
from tests.schema.appointment.desk import FIRST, Desk, iso

SEARCH = """query ($where: SlotSearch!, $first: Int, $after: String, $last: Int, $before: String) {
  availableSlots(where: $where, first: $first, after: $after, last: $last, before: $before) {
    nodes { start end timeZone modes provider { id npi } visitType { id name } }
    edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
OF_PROVIDER = """query ($id: ID!, $from: DateTime!, $to: DateTime!, $type: ID!) {
  provider(id: $id) { slots(from: $from, to: $to, visitType: $type) { start end timeZone provider { id } } } }"""
WEEK = {"from": iso(FIRST), "to": iso(FIRST + timedelta(days=7))}
MINUTES_20 = timedelta(minutes=20)


def at(text: Any) -> datetime:
    return datetime.fromisoformat(text)


async def take(provider_id: str, start: datetime, minutes: int = 20, expires_at: datetime | None = None) -> None:
    """Somebody has this time."""
    period = BusyPeriod(start=start, end=start + timedelta(minutes=minutes), appointment_id="x", expires_at=expires_at)
    row_id = busy_day_id(provider_id, start.date())
    await BusyDay.get_pymongo_collection().update_one(
        {"_id": row_id},
        {"$push": {"periods": period.model_dump()}, "$setOnInsert": {"owner_id": provider_id, "day": start.date().isoformat()}},
        upsert=True,
    )


async def colleague(graph: Graph, number: int, **given: Any) -> Provider:
    hours = [WeeklyHours(weekday=day, start="08:00", end="12:00") for day in Weekday]
    given = {"availability": Availability(weekly=hours), "time_zone": "Europe/Berlin"} | given
    provider = Provider(
        npi=npi_with_check_digit(f"1{number:08d}"),
        npi_verified=True,
        name=HumanName(family=f"Colleague {number}"),
        visit_type_ids=[graph.clinic.follow_up.id],
        **given,
    )
    return await provider.insert()


async def slots(graph: Graph, caller: str = "staff", **given: Any) -> Any:
    variables = {"where": WEEK, "first": 100} | given
    return (await graph.data(caller, SEARCH, **variables))["availableSlots"]


async def test_slots_lie_on_the_grid_of_the_opening_hours(graph: Graph) -> None:
    house = graph.clinic.house
    found = await slots(graph)
    starts = [at(slot["start"]) for slot in found["nodes"]]
    assert starts == [FIRST + number * MINUTES_20 for number in range(9)]
    assert {at(slot["end"]) - at(slot["start"]) for slot in found["nodes"]} == {MINUTES_20}
    assert {slot["timeZone"] for slot in found["nodes"]} == {"America/New_York"}
    assert {slot["provider"]["id"] for slot in found["nodes"]} == {gid(house)}
    assert found["pageInfo"]["hasNextPage"] is False
    of_provider = await graph.data("staff", OF_PROVIDER, id=gid(house), type=gid(graph.clinic.follow_up), **WEEK)
    assert [slot["start"] for slot in of_provider["provider"]["slots"]] == [slot["start"] for slot in found["nodes"]]


async def test_taken_time_is_no_slot_and_a_hold_that_has_expired_is_one(graph: Graph) -> None:
    house, instant = graph.clinic.house, graph.ports.clock()
    await take(house.id, FIRST)
    await take(house.id, FIRST + 2 * MINUTES_20, minutes=10, expires_at=instant + timedelta(minutes=5))
    await take(house.id, FIRST + 4 * MINUTES_20, expires_at=instant - timedelta(seconds=1))
    starts = [at(slot["start"]) for slot in (await slots(graph))["nodes"]]
    assert starts == [FIRST + number * MINUTES_20 for number in (1, 3, 4, 5, 6, 7, 8)]


async def test_what_was_booked_is_gone_and_what_was_called_off_is_back(graph: Graph) -> None:
    desk = Desk(graph)
    before = (await slots(graph, "bob"))["nodes"]
    visit_id = await desk.booked("alice")
    during = (await slots(graph, "bob"))["nodes"]
    await desk.do("alice", "cancel", id=visit_id)
    assert (before[1:], before) == (during, (await slots(graph, "bob"))["nodes"])
    assert "alice" not in str(during).lower()


async def test_patients_see_what_they_can_book_and_the_desk_sees_more(graph: Graph) -> None:
    Desk(graph).at(FIRST + timedelta(minutes=1))
    assert len((await slots(graph, "staff"))["nodes"]) == 8  # all but the one that has begun
    assert len((await slots(graph, "house"))["nodes"]) == 8
    of_patient = [at(slot["start"]) for slot in (await slots(graph, "alice"))["nodes"]]
    assert of_patient == [FIRST + timedelta(minutes=140), FIRST + timedelta(minutes=160)]  # two hours' notice
    far = {"from": iso(FIRST + timedelta(days=80)), "to": iso(FIRST + timedelta(days=120))}
    desk, patient = await slots(graph, "staff", where=far), await slots(graph, "alice", where=far)
    horizon = FIRST + timedelta(days=90, minutes=1)
    kept = [slot for slot in desk["nodes"] if at(slot["start"]) < horizon]
    assert 0 < len(kept) < len(desk["nodes"])
    assert patient["nodes"] == kept


async def test_every_slot_that_a_patient_is_shown_can_be_booked_and_no_other_start(graph: Graph) -> None:
    desk = Desk(graph)
    shown = [at(slot["start"]) for slot in (await slots(graph, "alice"))["nodes"]]
    for number, start in enumerate(shown):
        await desk.booked("alice" if number % 2 else "bob", start)
    assert (await slots(graph, "alice"))["nodes"] == []
    refused = await desk.book("alice", FIRST + timedelta(minutes=5))
    assert [error["code"] for error in refused["errors"]] == ["NOT_OFFERED"]


async def test_pages_join_to_the_whole_in_both_directions(graph: Graph) -> None:
    for number in range(4):
        await colleague(graph, number)
    second = VisitType(name="Long", duration_minutes=45, modes=[VisitMode.PHONE], price=dollars(100))
    await second.insert()
    await Provider.get_pymongo_collection().update_many({}, {"$push": {"visit_type_ids": second.id}})
    whole = (await slots(graph, first=200))["nodes"]
    place = [(at(slot["start"]), slot["provider"]["id"], slot["visitType"]["id"]) for slot in whole]
    assert len(set(place)) == len(place) > 150
    assert [each[0] for each in place] == sorted(each[0] for each in place)
    forward: list[Any] = []
    after = None
    while True:
        page = await slots(graph, first=17, after=after)
        forward += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    complete = forward  # the first page of 200 may be shorter than the whole
    assert complete[: len(whole)] == whole
    backward: list[Any] = []
    before = None
    while True:
        page = await slots(graph, first=None, last=23, before=before)
        backward = page["nodes"] + backward
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert backward == complete


async def test_a_page_goes_on_where_it_ended_although_slots_were_taken_meanwhile(graph: Graph) -> None:
    first = await slots(graph, first=3)
    await take(graph.clinic.house.id, at(first["nodes"][2]["start"]))  # the one that the cursor stands at
    await take(graph.clinic.house.id, FIRST + 4 * MINUTES_20)
    rest = await slots(graph, after=first["pageInfo"]["endCursor"])
    assert [at(slot["start"]) for slot in rest["nodes"]] == [FIRST + number * MINUTES_20 for number in (3, 5, 6, 7, 8)]


async def test_filters_narrow_to_what_all_of_them_say(graph: Graph) -> None:
    cardiology = CodeableConcept(text="Cardiology", codings=[Coding(system="http://snomed.info/sct", code="394579002")])
    await colleague(graph, 1, specialties=[cardiology], languages=["de", "en"])
    await colleague(graph, 2, languages=["de"], accepting_new_patients=False)
    await colleague(graph, 3, languages=["de"], active=False)
    retired = VisitType(name="Old", active=False, duration_minutes=20, modes=[VisitMode.PHONE], price=dollars(1))
    await retired.insert()
    await Provider.get_pymongo_collection().update_many({}, {"$push": {"visit_type_ids": retired.id}})

    async def who(**where: Any) -> set[str]:
        found = await slots(graph, where={**WEEK, **where}, first=200)
        return {slot["provider"]["npi"][:9] for slot in found["nodes"]}

    house, one, two = graph.clinic.house.npi[:9], "100000001", "100000002"
    assert await who() == {house, one, two}
    assert await who(specialty="394579002") == {one}
    assert await who(language="de") == {one, two}
    assert await who(language="de", acceptingNewPatients=True) == {one}
    assert await who(provider=gid(graph.clinic.house)) == {house}
    assert await who(visitType=gid(retired)) == set()
    assert await who(mode="PHONE") == set()
    assert await who(mode="VIDEO") == {house, one, two}
    assert await who(visitType=global_id("VisitType", "0" * 26)) == set()
    shown = await slots(graph, where={**WEEK, "timeZone": "Asia/Tokyo"})
    assert {slot["timeZone"] for slot in shown["nodes"]} == {"Asia/Tokyo"}


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ({"from": iso(FIRST), "to": iso(FIRST)}, ["where", "to"]),
        ({"from": iso(FIRST), "to": iso(FIRST - timedelta(days=1))}, ["where", "to"]),
        ({"from": iso(FIRST), "to": iso(FIRST + timedelta(days=92, seconds=1))}, ["where", "to"]),
        ({"from": "9999-12-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"}, ["where", "from"]),
        ({"from": "9999-12-31T23:59:59Z"}, ["where", "from"]),
        ({"to": "0001-01-01T00:00:00Z"}, ["where", "to"]),
    ],
)
async def test_a_time_that_cannot_be_searched_is_refused_by_its_field(graph: Graph, where: Any, path: list[str]) -> None:
    answer = await graph.ask("alice", SEARCH, where=where)
    assert [error.original_error.details["path"] for error in answer.errors] == [path]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJzbG90IiwxLDIsM10", "WyJzbG90IiwiMDAwMS0wMS0wMSIsIiIsIiJd"])
async def test_what_is_no_cursor_is_refused(graph: Graph, cursor: str) -> None:
    answer = await graph.ask("alice", SEARCH, where=WEEK, after=cursor)
    assert [error.original_error.details["path"] for error in answer.errors] == [["after"]]


async def test_the_past_and_an_empty_page_are_empty_and_the_count_is_bounded(graph: Graph) -> None:
    past = {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}
    assert (await slots(graph, where=past))["nodes"] == []
    assert (await slots(graph, first=0))["nodes"] == []
    counting = "query ($where: SlotSearch!) { availableSlots(where: $where, first: 1) { totalCount } }"
    assert (await graph.data("staff", counting, where=WEEK))["availableSlots"]["totalCount"] == 9
    for number in range(12):
        await colleague(graph, number)
    assert (await graph.data("staff", counting, where=WEEK))["availableSlots"]["totalCount"] == 1000


async def test_leave_and_extra_hours_of_a_day_count(graph: Graph) -> None:
    monday = FIRST.date()
    exceptions = [
        AvailabilityException(date=monday, start="09:00", end="10:30"),
        AvailabilityException(date=monday + timedelta(days=1), start="13:00", end="13:40", available=True),
    ]
    house = graph.clinic.house
    house.availability = Availability(weekly=house.availability.weekly, exceptions=exceptions)
    await house.save()
    starts = [at(slot["start"]) for slot in (await slots(graph))["nodes"]]
    extra = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
    assert starts == [*(FIRST + number * MINUTES_20 for number in (5, 6, 7, 8)), extra, extra + MINUTES_20]


async def test_a_provider_whose_zone_is_none_has_no_slots_and_hides_nobody_elses(graph: Graph) -> None:
    await colleague(graph, 1, time_zone="Mars/Olympus")
    assert len((await slots(graph))["nodes"]) == 9


async def test_a_slot_starts_at_or_after_from_and_before_to(graph: Graph) -> None:
    span = {"from": iso(FIRST + MINUTES_20), "to": iso(FIRST + 3 * MINUTES_20)}
    expected = [FIRST + MINUTES_20, FIRST + 2 * MINUTES_20]
    assert [at(slot["start"]) for slot in (await slots(graph, where=span))["nodes"]] == expected
    of_type = gid(graph.clinic.follow_up)
    of_provider = await graph.data("staff", OF_PROVIDER, id=gid(graph.clinic.house), type=of_type, **span)
    assert [at(slot["start"]) for slot in of_provider["provider"]["slots"]] == expected
    between = {"from": iso(FIRST + timedelta(minutes=1)), "to": iso(FIRST + timedelta(minutes=19))}
    assert (await slots(graph, where=between))["nodes"] == []


async def test_buffers_are_busy_time_and_reach_over_the_ends_of_hours(graph: Graph) -> None:
    """A visit of forty minutes with five before and ten after, every ten minutes, around one that is taken at ten."""
    long = VisitType(
        name="Long",
        duration_minutes=40,
        buffer_before_minutes=5,
        buffer_after_minutes=10,
        slot_interval_minutes=10,
        modes=[VisitMode.PHONE],
        price=dollars(1),
    )
    await long.insert()
    house = graph.clinic.house
    await Provider.get_pymongo_collection().update_one({"_id": house.id}, {"$set": {"visit_type_ids": [long.id]}})
    await take(house.id, FIRST + timedelta(minutes=60))
    found = await slots(graph)
    # Over by 9:50 with the ten minutes after; from 10:30 on, for 10:25 is as soon as the five before may begin; until 11:20.
    assert [(at(slot["start"]) - FIRST) // timedelta(minutes=1) for slot in found["nodes"]] == [0, 10, *range(90, 141, 10)]


async def test_hours_for_some_visit_types_offer_no_others(graph: Graph) -> None:
    second = VisitType(name="Long", duration_minutes=45, modes=[VisitMode.PHONE], price=dollars(100))
    await second.insert()
    house, short = graph.clinic.house, graph.clinic.follow_up
    house.visit_type_ids = [short.id, second.id]
    hours = [
        WeeklyHours(weekday=Weekday.MONDAY, start="09:00", end="10:30", visit_type_ids=[second.id]),
        WeeklyHours(weekday=Weekday.MONDAY, start="11:00", end="11:40", visit_type_ids=[short.id]),
    ]
    house.availability = Availability(weekly=hours)
    await house.save()
    found = [(at(slot["start"]), slot["visitType"]["name"]) for slot in (await slots(graph))["nodes"]]
    hour = timedelta(hours=1)
    assert found == [
        (FIRST, "Long"),
        (FIRST + 0.75 * hour, "Long"),
        (FIRST + 2 * hour, "Follow-up"),
        (FIRST + 2 * hour + MINUTES_20, "Follow-up"),
    ]


async def test_days_are_those_of_the_provider_wherever_the_asker_is(graph: Graph) -> None:
    """Eight in the morning in Kiritimati is the evening before in New York; the zone asked for moves no slot."""
    far = await colleague(graph, 1, time_zone="Pacific/Kiritimati")
    near = await colleague(graph, 2, time_zone="America/New_York")
    for zone in (None, "Asia/Tokyo"):
        where = {**WEEK, "provider": gid(far), "timeZone": zone}
        first = (await slots(graph, where=where))["nodes"][0]
        assert (first["start"], first["timeZone"]) == ("2026-03-09T18:00:00Z", zone or "Pacific/Kiritimati")
    of_near = (await slots(graph, where={**WEEK, "provider": gid(near)}))["nodes"]
    assert {slot["timeZone"] for slot in of_near} == {"America/New_York"}


@pytest.mark.parametrize("server", ["Pacific/Auckland", "America/St_Johns", "UTC"])
async def test_provider_patient_and_server_in_zones_of_their_own(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    """A patient in Tokyo asks a server far away for a provider in New York, in the week in which summer begins there."""
    try:
        with monkeypatch.context() as changed:
            changed.setenv("TZ", server)
            time.tzset()
            hours = [WeeklyHours(weekday=day, start="01:00", end="04:00") for day in Weekday]
            house = graph.clinic.house
            house.availability = Availability(weekly=hours)
            await house.save()
            where = {"from": "2026-03-08T00:00:00+09:00", "to": "2026-03-10T00:00:00+09:00", "timeZone": "Asia/Tokyo"}
            found = (await slots(graph, "alice", where=where))["nodes"]
            zone = ZoneInfo("America/New_York")
            walls = [f"{at(slot['start']).astimezone(zone):%d %H:%M}" for slot in found]
            ordinary = [f"{hour:02}:{minute:02}" for hour in (1, 2, 3) for minute in (0, 20, 40)]
            assert walls == [f"08 {each}" for each in ordinary if each[:2] != "02"] + [f"09 {each}" for each in ordinary]
            assert {slot["timeZone"] for slot in found} == {"Asia/Tokyo"}
            tokyo = datetime.fromisoformat("2026-03-08T16:20:00+09:00")
            visit_id = await Desk(graph).booked("alice", tokyo)
            gone = (await slots(graph, "bob", where=where))["nodes"]
            assert at(found[4]["start"]) == tokyo
            assert gone == found[:4] + found[5:], visit_id
    finally:
        time.tzset()


async def test_nothing_tells_who_is_busy_or_why(graph: Graph) -> None:
    """Booked, held, on leave: for all who look, patient or desk, there is just no slot."""
    house, clinic = graph.clinic.house, graph.clinic
    await Desk(graph).booked("alice", reason="Knee")
    await take(house.id, FIRST + 3 * MINUTES_20, expires_at=graph.ports.clock() + timedelta(minutes=5))
    booked = await slots(graph, "bob")
    await BusyDay.delete_all()
    for start in (FIRST, FIRST + 3 * MINUTES_20):
        await take(house.id, start)
    assert await slots(graph, "bob") == booked
    for name in (clinic.alice.id, gid(clinic.alice), "Knee", "Alice"):
        assert name not in str(booked)


@pytest.mark.parametrize("caller", ["analyst", "admin", None])
async def test_who_books_nothing_sees_no_slots(graph: Graph, caller: str | None) -> None:
    answer = await graph.ask(caller, SEARCH, where=WEEK)
    assert answer.codes == ["FORBIDDEN" if caller else "UNAUTHENTICATED"]


async def test_the_number_of_commands_depends_on_the_time_not_on_providers_or_slots(graph: Graph) -> None:
    counts, of_few = set(), set()
    many = "query ($from: DateTime!, $to: DateTime!, $type: ID!) { providers(first: 100) { nodes { "
    many += "slots(from: $from, to: $to, visitType: $type) { start } } } }"
    of_many = set()
    for number in range(41):
        if number:
            await colleague(graph, number)
        if number in (5, 20, 40):
            counts.add((await graph.ask("staff", SEARCH, where=WEEK, first=50)).commands)
        if number in (0, 1, 19, 40):
            of_few.add((await graph.ask("staff", SEARCH, where=WEEK, first=5)).commands)
            of_many.add((await graph.ask("staff", many, type=gid(graph.clinic.follow_up), **WEEK)).commands)
    assert len(counts) == len(of_few) == 1, (counts, of_few)
    assert len(of_many) == 1, of_many
    nothing = {"from": iso(FIRST), "to": iso(FIRST + timedelta(days=92)), "mode": "VIDEO"}
    await Provider.get_pymongo_collection().update_many({}, {"$set": {"availability.weekly": []}})
    assert (await graph.ask("staff", SEARCH, where=nothing)).commands <= 2 + 9
