"""The private feed of a schedule, over HTTP: as calendar programs read it."""

import json
import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from starlette.applications import Starlette

from models.account import Account, AccountStatus
from models.appointment import Appointment, AppointmentStatus
from models.audit_event import AuditEvent
from models.base import now
from models.calendar_feed import CalendarFeed
from models.confidentiality import Confidentiality
from models.idempotency import IdempotencyRecord
from models.patient import Patient, PatientName
from models.role import Role
from ohms_graphql.access_log import AccessLog
from ohms_graphql.settings import Settings
from resolvers.calendar.feeds import FEEDS_PER_PROVIDER
from schema.node import global_id
from tests.clinic import Clinic
from tests.ohms_graphql.conftest import authorization

CREATE = """mutation ($input: CreateCalendarFeedInput!) {
  createCalendarFeed(input: $input) { url calendarFeed { id createdAt lastReadAt } errors { code path } }
}"""
REVOKE = """mutation ($input: RevokeCalendarFeedInput!) {
  revokeCalendarFeed(input: $input) { provider { calendarFeeds { id } } errors { code } }
}"""


class Desk:
    """The clinic with visits around the present, and somebody who asks."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
        self.http, self.settings, self.clinic = http, settings, clinic

    async def ask(self, caller: str, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        answer = (await self.http.post("/graphql", json=body, headers=authorization(self.settings, self.clinic, caller))).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def create(self, caller: str = "house", provider: Any = None, key: str | None = None) -> Any:
        chosen = {"provider": global_id("Provider", (provider or self.clinic.house).id), "idempotencyKey": key}
        return (await self.ask(caller, CREATE, input=chosen))["createCalendarFeed"]

    async def feeds(self, caller: str) -> list[Any]:
        house = global_id("Provider", self.clinic.house.id)
        data = await self.ask(caller, f'{{ provider(id: "{house}") {{ calendarFeeds {{ id lastReadAt }} }} }}')
        found: list[Any] = data["provider"]["calendarFeeds"]
        return found

    async def read(self, url: str, **headers: str) -> httpx.Response:
        return await self.http.get(url.removeprefix(self.settings.public_url), headers=headers)

    async def book(self, days: float, **fields: Any) -> Appointment:
        start = now().replace(microsecond=0) + timedelta(days=days)
        common: dict[str, Any] = {
            "status": AppointmentStatus.BOOKED,
            "start": start,
            "end": start + timedelta(minutes=20),
            "patient_id": self.clinic.alice.id,
            "provider_id": self.clinic.house.id,
            "time_zone": "America/New_York",
            "reason": "Sugar",
        }
        visit = Appointment(**common | fields)
        await visit.insert()
        return visit


@pytest.fixture
def desk(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> Desk:
    return Desk(http, settings, clinic)


def _summaries(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 200, response.text
    events: list[Any] = Calendar.from_ical(response.content).walk("VEVENT")
    return {str(event["UID"]).partition("@")[0]: str(event["SUMMARY"]) for event in events}


async def test_a_program_reads_the_schedule_and_no_more(desk: Desk) -> None:
    plain = await desk.book(1)
    confidential = await desk.book(2, confidentiality=Confidentiality.RESTRICTED)
    past = await desk.book(-29, status=AppointmentStatus.FULFILLED)
    for days, fields in [
        (-31, {}),
        (181, {}),
        (3, {"status": AppointmentStatus.CANCELLED}),
        (4, {"status": AppointmentStatus.ENTERED_IN_ERROR}),
        (5, {"provider_id": desk.clinic.stranger.id}),
    ]:
        await desk.book(days, **fields)
    made = await desk.create()
    response = await desk.read(made["url"])
    assert _summaries(response) == {
        plain.id: "Appointment (A.M.)",
        confidential.id: "Appointment",
        past.id: "Appointment (A.M.)",
    }
    assert response.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert response.headers["cache-control"] == "private, no-cache"
    assert response.headers["referrer-policy"] == "no-referrer"
    calendar: Any = Calendar.from_ical(response.content)
    assert (calendar["METHOD"], calendar["X-WR-CALNAME"]) == ("PUBLISH", "Dr. Gregory House")
    assert [word for word in ("Alice", "Müller", "Sugar", "Follow-up") if word in response.text] == []


async def test_what_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    await desk.book(1)
    url = (await desk.create())["url"]
    tag = (await desk.read(url)).headers["etag"]
    again = await desk.read(url, **{"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await desk.book(2)
    assert (await desk.read(url, **{"if-none-match": tag})).status_code == 200
    await Patient.get_pymongo_collection().update_one(
        {"_id": desk.clinic.alice.id}, {"$set": {"name": PatientName(family="Zorn").sealed}}
    )
    assert (await desk.read(url, **{"if-none-match": tag})).status_code == 200


async def test_a_reading_is_in_the_trail_as_that_of_the_account(desk: Desk) -> None:
    visit = await desk.book(1)
    url = (await desk.create())["url"]
    tag = (await desk.read(url)).headers["etag"]
    assert (await desk.read(url, **{"if-none-match": tag})).status_code == 304  # which tells nothing
    [entry] = await AuditEvent.find({"action": "calendar.feed"}).to_list()
    assert (entry.actor_id, entry.patient_id) == (desk.clinic.accounts["house"].id, desk.clinic.alice.id)
    assert set(entry.subjects) == {f"Appointment:{visit.id}", f"Patient:{desk.clinic.alice.id}"}
    assert "Patient.name" in entry.fields


async def test_the_address_is_shown_once_and_not_kept(desk: Desk) -> None:
    made = await desk.create(key="k1")
    secret = made["url"].rpartition("/")[2].removesuffix(".ics")
    assert len(secret) == 43  # 256 bits
    stored = await CalendarFeed.get_pymongo_collection().find_one({})
    records = await IdempotencyRecord.get_pymongo_collection().find({}).to_list()
    trail = await AuditEvent.get_pymongo_collection().find({}).to_list()
    assert secret not in repr([stored, records, trail])
    assert (await desk.create(key="k1"))["url"] == made["url"]  # whoever lost the answer may ask again with its key
    assert [feed["id"] for feed in await desk.feeds("house")] == [made["calendarFeed"]["id"]]


async def test_last_read_is_told(desk: Desk) -> None:
    made = await desk.create()
    assert made["calendarFeed"]["lastReadAt"] is None
    await desk.read(made["url"])
    [feed] = await desk.feeds("staff")
    assert feed["lastReadAt"] is not None


async def test_revoked_it_leads_nowhere(desk: Desk) -> None:
    made = await desk.create()
    chosen = {"id": made["calendarFeed"]["id"]}
    assert (await desk.ask("stranger", REVOKE, input=chosen))["revokeCalendarFeed"]["errors"] == [{"code": "NOT_FOUND"}]
    assert (await desk.read(made["url"])).status_code == 200
    revoked = (await desk.ask("staff", REVOKE, input=chosen))["revokeCalendarFeed"]
    assert revoked == {"provider": {"calendarFeeds": []}, "errors": []}
    assert (await desk.read(made["url"])).status_code == 404
    assert (await desk.ask("staff", REVOKE, input=chosen))["revokeCalendarFeed"]["errors"] == [{"code": "NOT_FOUND"}]
    fields = [name for entry in await AuditEvent.find({}).to_list() for name in entry.fields]
    assert {"CalendarFeed.account_id", "CalendarFeed.revoked"} <= set(fields)


@pytest.mark.parametrize("lost", [{"roles": []}, {"status": AccountStatus.DEACTIVATED.value}, {"provider_id": None}])
async def test_it_ends_with_the_right_of_who_made_it(desk: Desk, lost: dict[str, Any]) -> None:
    await desk.book(1)
    by_house, by_staff = await desk.create("house"), await desk.create("staff")
    await Account.get_pymongo_collection().update_one({"_id": desk.clinic.accounts["house"].id}, {"$set": lost})
    assert (await desk.read(by_house["url"])).status_code == 404
    assert len(_summaries(await desk.read(by_staff["url"]))) == 1
    await Account.get_pymongo_collection().update_one(
        {"_id": desk.clinic.accounts["staff"].id}, {"$set": {"roles": [Role.ADMIN.value]}}
    )
    assert (await desk.read(by_staff["url"])).status_code == 404


async def test_only_ones_own_schedule_is_passed_on(desk: Desk) -> None:
    refused = await desk.create("stranger")
    assert (refused["url"], refused["errors"]) == (None, [{"code": "NOT_FOUND", "path": ["provider"]}])
    assert await CalendarFeed.count() == 0
    await desk.create("house")
    assert await desk.feeds("stranger") == []


async def test_there_are_never_too_many(desk: Desk) -> None:
    made = [await desk.create() for _ in range(FEEDS_PER_PROVIDER)]
    assert len({each["url"] for each in made}) == FEEDS_PER_PROVIDER
    assert (await desk.create())["errors"] == [{"code": "CONFLICT", "path": ["provider"]}]
    assert (await desk.create("stranger", desk.clinic.stranger))["errors"] == []
    await desk.ask("house", REVOKE, input={"id": made[3]["calendarFeed"]["id"]})
    assert (await desk.create())["errors"] == []


async def test_who_asks_too_often_waits(desk: Desk) -> None:
    url = (await desk.create())["url"]
    answers = [await desk.read(url) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert answers[60].status_code == 429
    assert 0 < int(answers[60].headers["retry-after"]) <= 900
    unknown = [(await desk.read(f"/calendar/feeds/{'x' * 40}{number:03}.ics")).status_code for number in range(31)]
    assert unknown == [404] * 30 + [429]


async def test_no_log_has_the_address(app: Starlette, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    url = (await desk.create())["url"]
    path = url.removeprefix(desk.settings.public_url)
    transport = httpx.ASGITransport(app=AccessLog(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://ohms.example") as client:
        with caplog.at_level(logging.DEBUG, logger="ohms_graphql"):
            assert (await client.get(path)).status_code == 200
    told = json.dumps([record.__dict__ for record in caplog.records if record.name.startswith("ohms_graphql")], default=str)
    assert '"/calendar/feeds/..."' in told
    assert path.rpartition("/")[2].removesuffix(".ics") not in told
