"""The calendar file of a visit, over HTTP: what stands in it, and who still gets it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from models.account import Account, AccountStatus
from models.appointment import Appointment, AppointmentStatus
from models.audit_event import AuditEvent, AuditOutcome
from models.base import now
from models.confidentiality import Confidentiality
from models.organization import Organization
from models.role import Role
from models.values import Address
from ohms_graphql.calendar.links import LIFETIME, PublicLinks
from ohms_graphql.settings import Settings
from schema.node import global_id
from tests.clinic import Clinic
from tests.ohms_graphql.conftest import authorization

FORBIDDEN_WORDS = ("Sugar", "Follow-up", "Diabetes", "Müller", "Alice")


async def _url(http: httpx.AsyncClient, settings: Settings, clinic: Clinic, caller: str, visit: Appointment) -> str | None:
    query = f'{{ appointment(id: "{global_id("Appointment", visit.id)}") {{ calendarUrl }} }}'
    answer = await http.post("/graphql", json={"query": query}, headers=authorization(settings, clinic, caller))
    found: str | None = answer.json()["data"]["appointment"]["calendarUrl"]
    return found


async def _fetch(http: httpx.AsyncClient, settings: Settings, url: str) -> httpx.Response:
    assert url.startswith(settings.public_url + "/calendar/appointments/")
    return await http.get(url.removeprefix(settings.public_url))


async def _file(http: httpx.AsyncClient, settings: Settings, clinic: Clinic, caller: str, visit: Appointment) -> Any:
    response = await _fetch(http, settings, await _url(http, settings, clinic, caller, visit) or "")
    assert response.status_code == 200
    return response


def _event(response: httpx.Response) -> Any:
    [event] = Calendar.from_ical(response.content).walk("VEVENT")
    return event


async def _change(document: Any, **fields: Any) -> None:
    await type(document).get_pymongo_collection().update_one({"_id": document.id}, {"$set": fields})


async def test_an_invitation_that_any_calendar_understands(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    response = await _file(http, settings, clinic, "alice", clinic.visit)
    assert response.headers["content-type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert response.headers["content-disposition"] == 'attachment; filename="appointment.ics"'
    assert response.headers["cache-control"] == "private, no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    calendar: Any = Calendar.from_ical(response.content)
    assert calendar["METHOD"] == "REQUEST"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["America/New_York"]
    event = _event(response)
    assert event["UID"] == f"{clinic.visit.id}@{httpx.URL(settings.public_url).host}"
    assert event["SEQUENCE"] == 0
    assert (event["DTSTART"].params["TZID"], event["DTEND"].params["TZID"]) == ("America/New_York", "America/New_York")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (clinic.visit.start, clinic.visit.end)
    assert event["SUMMARY"] == "Appointment with Dr. Gregory House"
    assert event["STATUS"] == "CONFIRMED"
    assert event["URL"] == settings.public_url
    assert event["ATTENDEE"] == "mailto:alice@clinic.example"
    assert str(event["ORGANIZER"]).startswith("mailto:")
    assert b"\r\n" in response.content
    assert [word for word in FORBIDDEN_WORDS if word in response.text] == []


async def test_one_uid_for_ever_and_a_sequence_that_rises(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    first = _event(await _file(http, settings, clinic, "alice", clinic.visit))
    await _change(clinic.visit, revision=4, start=datetime(2026, 2, 24, 12, tzinfo=UTC))
    second = _event(await _file(http, settings, clinic, "alice", clinic.visit))
    assert (second["UID"], second["SEQUENCE"]) == (first["UID"], 3)


@pytest.mark.parametrize(
    ("status", "method", "standing"),
    [
        (AppointmentStatus.BOOKED, "REQUEST", "CONFIRMED"),
        (AppointmentStatus.PENDING, "REQUEST", "TENTATIVE"),
        (AppointmentStatus.CANCELLED, "CANCEL", "CANCELLED"),
        (AppointmentStatus.NO_SHOW, "CANCEL", "CANCELLED"),
        (AppointmentStatus.ENTERED_IN_ERROR, "CANCEL", "CANCELLED"),
    ],
)
async def test_method_and_status_tell_whether_it_takes_place(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic, status: AppointmentStatus, method: str, standing: str
) -> None:
    await _change(clinic.visit, status=status.value)
    response = await _file(http, settings, clinic, "staff", clinic.visit)
    assert response.headers["content-type"].endswith(f"method={method}")
    assert (Calendar.from_ical(response.content)["METHOD"], _event(response)["STATUS"]) == (method, standing)


async def test_of_a_confidential_visit_neither_who_nor_where(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    await Organization.get_pymongo_collection().update_one(
        {"_id": clinic.site.id}, {"$set": {"addresses": [Address(lines=["1 Main St"], city="Princeton").model_dump()]}}
    )
    assert _event(await _file(http, settings, clinic, "alice", clinic.visit))["LOCATION"] == "1 Main St, Princeton"
    await _change(clinic.visit, confidentiality=Confidentiality.RESTRICTED.value)
    response = await _file(http, settings, clinic, "alice", clinic.visit)
    event = _event(response)
    assert (event["SUMMARY"], event["CLASS"], event.get("LOCATION")) == ("Appointment", "CONFIDENTIAL", None)
    assert [word for word in ("House", "Princeton", "Main") if word in response.text] == []


async def test_without_a_time_there_is_no_link(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    await _change(clinic.visit, start=None, end=None, status=AppointmentStatus.WAITLISTED.value)
    assert await _url(http, settings, clinic, "alice", clinic.visit) is None


async def test_the_link_ends_with_the_right(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    url = await _url(http, settings, clinic, "alice", clinic.visit) or ""
    account = clinic.accounts["alice"]
    assert (await _fetch(http, settings, url)).status_code == 200
    losses: list[dict[str, Any]] = [{"roles": []}, {"status": AccountStatus.DEACTIVATED.value}, {"patient_id": None}]
    for lost in losses:
        await Account.get_pymongo_collection().update_one({"_id": account.id}, {"$set": lost})
        assert (await _fetch(http, settings, url)).status_code == 404
        back = {"roles": [Role.PATIENT.value], "status": AccountStatus.ACTIVE.value, "patient_id": clinic.alice.id}
        await Account.get_pymongo_collection().update_one({"_id": account.id}, {"$set": back})
    assert (await _fetch(http, settings, url)).status_code == 200


async def test_a_link_to_what_the_account_may_not_see_leads_nowhere(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic
) -> None:
    links = PublicLinks(settings.public_url, settings.secret_key.get_secret_value(), now)
    foreign = links.calendar(clinic.bobs_visit.id, clinic.accounts["alice"].id)
    nothing = links.calendar("0" * 26, clinic.accounts["alice"].id)
    analyst = links.calendar(clinic.visit.id, clinic.accounts["analyst"].id)
    answers = [await _fetch(http, settings, url) for url in (foreign, nothing, analyst)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, "This address is not good, or no longer.")}
    denied = await AuditEvent.find({"action": "calendar.appointment", "outcome": AuditOutcome.DENIED.value}).to_list()
    assert sorted(subject for entry in denied for subject in entry.subjects) == sorted(
        f"Appointment:{visit_id}" for visit_id in (clinic.bobs_visit.id, "0" * 26, clinic.visit.id)
    )


async def test_made_up_altered_and_old_links_lead_nowhere(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    secret, account_id = settings.secret_key.get_secret_value(), clinic.accounts["alice"].id
    old = PublicLinks(settings.public_url, secret, lambda: now() - LIFETIME - timedelta(seconds=2))
    others = PublicLinks(settings.public_url, "another secret of another deployment", now)
    good = PublicLinks(settings.public_url, secret, now).calendar(clinic.visit.id, account_id)
    assert account_id not in good
    assert clinic.visit.id not in good
    tried = [
        old.calendar(clinic.visit.id, account_id),
        others.calendar(clinic.visit.id, account_id),
        good.replace(".ics", "A.ics"),
        f"{settings.public_url}/calendar/appointments/{clinic.visit.id}.ics",
        f"{settings.public_url}/calendar/appointments/%C3%A9....ics",
    ]
    assert [(await _fetch(http, settings, url)).status_code for url in tried] == [404] * len(tried)
    assert (await _fetch(http, settings, good)).status_code == 200


async def test_the_reading_is_in_the_trail(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    await _file(http, settings, clinic, "alice", clinic.visit)
    [entry] = await AuditEvent.find({"action": "calendar.appointment"}).to_list()
    assert (entry.actor_id, entry.patient_id) == (clinic.accounts["alice"].id, clinic.alice.id)
    assert (entry.subjects, entry.fields) == ([f"Appointment:{clinic.visit.id}"], ["Appointment.calendarUrl"])
