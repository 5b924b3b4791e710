"""Providers as the directory has them: made and changed by staff and administrators."""

import asyncio
from typing import Any

import pytest

from models.appointment import ScheduleEvent
from models.audit_event import AuditEvent
from models.npi import npi_with_check_digit
from models.provider import Provider
from schema.node import global_id
from tests.graph import Graph, gid
from tests.schema.appointment.desk import Desk, codes
from tests.schema.provider.hours import NOBODY, SET, change, refusals, window

_PAYLOAD = """{ provider { id npi npiVerified name { family given } credentials specialties { text codings { code } } languages
    timeZone biography acceptingNewPatients active revision visitTypes { name } organizations { name } }
    errors { __typename code path message } } }"""
CREATE = f"mutation ($input: CreateProviderInput!) {{ createProvider(input: $input) {_PAYLOAD}"
UPDATE = f"mutation ($input: UpdateProviderInput!) {{ updateProvider(input: $input) {_PAYLOAD}"
NPI = npi_with_check_digit("155555555")
PLAIN: dict[str, Any] = {"npi": NPI, "name": {"family": "Wilson", "given": ["James"]}, "timeZone": "America/New_York"}


async def create(graph: Graph, caller: str = "staff", **given: Any) -> Any:
    return (await graph.data(caller, CREATE, input=PLAIN | given))["createProvider"]


async def update(graph: Graph, caller: str = "staff", **given: Any) -> Any:
    asked = {"id": gid(graph.clinic.house)} | given
    return (await graph.data(caller, UPDATE, input=asked))["updateProvider"]


async def names(graph: Graph, search: str) -> list[str]:
    query = "query ($text: String) { providers(where: {search: $text}) { nodes { name { family } } } }"
    found = await graph.data("alice", query, text=search)
    return [node["name"]["family"] for node in found["providers"]["nodes"]]


@pytest.mark.parametrize("caller", ["staff", "admin"])
async def test_a_provider_is_made_and_can_be_booked_after_setting_hours(graph: Graph, caller: str) -> None:
    clinic = graph.clinic
    given = {
        "credentials": ["MD"],
        "specialties": [{"text": "Oncology", "codings": [{"system": "http://snomed.info/sct", "code": "394593009"}]}],
        "languages": ["en", "es-MX"],
        "biography": "Listens.\nStays.",
        "acceptingNewPatients": True,
        "gender": "MALE",
        "contacts": [{"system": "PHONE", "value": "+1 555 0100"}],
        "address": {"lines": ["1 Main St"], "city": "Princeton"},
        "organizations": [gid(clinic.site)],
        "visitTypes": [gid(clinic.follow_up)],
    }
    payload = await create(graph, caller, **given)
    assert payload["errors"] == []
    made = payload["provider"]
    assert made == {
        "id": made["id"],
        "npi": NPI,
        "npiVerified": True,
        "name": {"family": "Wilson", "given": ["James"]},
        "credentials": ["MD"],
        "specialties": [{"text": "Oncology", "codings": [{"code": "394593009"}]}],
        "languages": ["en", "es-MX"],
        "timeZone": "America/New_York",
        "biography": "Listens.\nStays.",
        "acceptingNewPatients": True,
        "active": True,
        "revision": 1,
        "visitTypes": [{"name": "Follow-up"}],
        "organizations": [{"name": "Princeton Clinic"}],
    }
    assert await names(graph, "wils") == ["Wilson"]
    [entry] = await AuditEvent.find({"action": "Mutation.createProvider"}).to_list()
    assert (entry.outcome, entry.actor_id) == ("SUCCESS", clinic.accounts[caller].id)
    desk = Desk(graph)
    assert codes(await desk.book("alice", provider=made["id"])) == ["NOT_OFFERED"]
    await change(graph, "staff", SET, provider=made["id"], weekly=[window("MONDAY", "09:00", "12:00")])
    await desk.booked("alice", provider=made["id"])


WRONG: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"npi": NPI[:-1] + str((int(NPI[-1]) + 1) % 10)}, [("INVALID", "npi")]),
    ({"npi": "123"}, [("INVALID", "npi")]),
    ({"name": {"family": " "}}, [("INVALID", "name.family")]),
    ({"languages": ["en", "English!"]}, [("INVALID", "languages.1")]),
    ({"credentials": ["MD", ""]}, [("INVALID", "credentials.1")]),
    ({"credentials": ["MD"] * 21}, [("INVALID", "credentials")]),
    ({"biography": "x" * 2001}, [("INVALID", "biography")]),
    ({"specialties": [{"text": ""}]}, [("INVALID", "specialties.0.text")]),
    ({"contacts": [{"system": "EMAIL", "value": "nobody"}]}, [("INVALID", "contacts.0.value")]),
    ({"address": {"city": "x" * 201}}, [("INVALID", "address.city")]),
    ({"organizations": [global_id("Organization", "0" * 26)]}, [("NOT_FOUND", "organizations.0")]),
    ({"visitTypes": [global_id("VisitType", "0" * 26)]}, [("NOT_FOUND", "visitTypes.0")]),
    ({"visitTypes": [global_id("VisitType", "0" * 26)] * 2}, [("INVALID", "visitTypes")]),
    ({"npi": "1", "biography": "x" * 2001, "languages": [""]}, [("INVALID", p) for p in ("npi", "biography", "languages.0")]),
]


@pytest.mark.parametrize(("given", "expected"), WRONG)
async def test_what_cannot_be_is_refused_by_field(graph: Graph, given: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    before = await Provider.find_all().sort("_id").to_list()
    for payload in (await create(graph, **given), await update(graph, **given)):
        found = refusals(payload)
        # An empty text is told once as empty and once as no language.
        assert sorted(set(found)) == sorted(expected)
    assert await Provider.find_all().sort("_id").to_list() == before


async def test_an_npi_belongs_to_one(graph: Graph) -> None:
    assert refusals(await create(graph, npi=graph.clinic.house.npi)) == [("CONFLICT", "npi")]
    assert refusals(await update(graph, npi=graph.clinic.stranger.npi)) == [("CONFLICT", "npi")]
    payloads = await asyncio.gather(*(create(graph) for _ in range(5)))
    assert sorted(refusals(payload) for payload in payloads) == [[]] + [[("CONFLICT", "npi")]] * 4
    assert await Provider.find({"npi": NPI}).count() == 1


async def test_only_what_is_given_changes(graph: Graph) -> None:
    payload = await update(graph, name={"family": "Haus", "given": ["Georg"]}, biography="Limps.")
    after = payload["provider"]
    assert (after["name"]["family"], after["biography"], after["revision"]) == ("Haus", "Limps.", 2)
    assert (after["languages"], after["npi"]) == (["en", "es"], graph.clinic.house.npi)
    assert await names(graph, "haus") == ["Haus"]
    assert await names(graph, "house") == []
    assert await ScheduleEvent.find({"kind": "AVAILABILITY_CHANGED"}).count() == 0
    [entry] = await AuditEvent.find({"action": "Mutation.updateProvider"}).to_list()
    assert "Provider.biography" in entry.fields
    assert "Limps" not in repr(entry)


async def test_an_npi_that_is_put_right_counts_as_checked(graph: Graph) -> None:
    await Provider.get_pymongo_collection().update_one(
        {"_id": graph.clinic.house.id}, {"$set": {"npi": "1", "npi_verified": False}}
    )
    after = (await update(graph, npi=NPI))["provider"]
    assert (after["npi"], after["npiVerified"]) == (NPI, True)


async def test_who_is_not_active_or_does_not_offer_it_cannot_be_booked(graph: Graph) -> None:
    desk = Desk(graph)
    await update(graph, active=False)
    assert codes(await desk.book("alice")) == ["NOT_FOUND"]
    await update(graph, active=True, visitTypes=[])
    assert codes(await desk.book("alice")) == ["INVALID"]
    kinds = [event.kind for event in await ScheduleEvent.find({"provider_id": graph.clinic.house.id}).sort("sequence").to_list()]
    assert kinds == ["BOOKED", "AVAILABILITY_CHANGED", "AVAILABILITY_CHANGED"]


async def test_nothing_and_nobody_are_refused(graph: Graph) -> None:
    assert refusals(await update(graph)) == [("INVALID", "")]
    assert refusals(await update(graph, id=NOBODY, biography="x")) == [("NOT_FOUND", "id")]
    assert refusals(await update(graph, id=NOBODY, active=False)) == [("NOT_FOUND", "id")]
    assert await ScheduleEvent.find({"kind": "AVAILABILITY_CHANGED"}).count() == 0


@pytest.mark.parametrize("caller", ["alice", "house", "analyst", None])
@pytest.mark.parametrize("query", [CREATE, UPDATE])
async def test_only_staff_and_administrators_may(graph: Graph, caller: str | None, query: str) -> None:
    given = PLAIN if query == CREATE else {"id": gid(graph.clinic.house), "biography": "x"}
    answer = await graph.ask(caller, query, input=given)
    assert answer.codes == ["FORBIDDEN" if caller else "UNAUTHENTICATED"]
    assert await Provider.find_all().count() == 2


async def test_a_repeat_with_the_same_key_makes_one(graph: Graph) -> None:
    first = await create(graph, idempotencyKey="k")
    assert await create(graph, idempotencyKey="k") == first
    assert refusals(first) == []
    assert refusals(await create(graph, idempotencyKey="k", languages=["de"])) == [("IDEMPOTENCY_CONFLICT", "idempotencyKey")]
    for _ in range(2):
        assert (await update(graph, idempotencyKey="k", active=False))["provider"]["revision"] == 2


async def test_of_racers_that_have_seen_the_same_one_wins(graph: Graph) -> None:
    payloads = await asyncio.gather(*(update(graph, biography=f"{number}", expectedRevision=1) for number in range(6)))
    assert sorted(refusals(payload) for payload in payloads) == [[]] + [[("CONFLICT", "expectedRevision")]] * 5
