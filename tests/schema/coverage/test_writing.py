"""Adding and changing coverages: who may, what cannot be, and one of each order at a time."""

import asyncio
from datetime import date
from typing import Any

from models.audit_event import AuditEvent
from models.coverage import Coverage, CoverageStatus
from models.patient import Patient
from schema.node import global_id
from tests.clinic import NOON
from tests.graph import gid
from tests.schema.coverage.office import ADD, UPDATE, Office, refusals

CHILD = {
    "relationship": "CHILD",
    "subscriber": "Anna Müller",
    "subscriberBirthDate": "1985-04-03",
    "subscriberGender": "FEMALE",
}


async def test_a_coverage_is_added_with_all_that_it_has(office: Office) -> None:
    given: dict[str, Any] = {
        **CHILD,
        "payer": "  Cigna ",
        "order": "SECONDARY",
        "planName": "PPO",
        "groupNumber": "G1",
        "period": {"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"},
    }
    payload = await office.add(**given)
    assert payload["errors"] == []
    made = payload["coverage"]
    assert made == {
        **given,
        "id": made["id"],
        "payer": "Cigna",
        "memberId": "B1",
        "status": "ACTIVE",
        "revision": 1,
        "patient": {"id": gid(office.graph.clinic.bob)},
        "known": None,
        "verification": None,
    }
    found = await Coverage.find_one({"patient_id": office.graph.clinic.bob.id})
    assert found is not None
    assert (found.subscriber_birth_date, gid(found)) == (date(1985, 4, 3), made["id"])
    entries = await AuditEvent.find({"action": "Mutation.addCoverage", "about.subjects": f"Coverage:{found.id}"}).to_list()
    assert {(entry.outcome, entry.patient_id) for entry in entries} == {("SUCCESS", office.graph.clinic.bob.id)}


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"payer": " "}, ["payer"]),
    ({"payer": "x" * 201}, ["payer"]),
    ({"memberId": None}, ["memberId"]),
    ({"memberId": "x" * 81}, ["memberId"]),
    ({"memberId": "a\u0000b"}, ["memberId"]),
    ({"relationship": "SPOUSE"}, ["subscriber"]),
    ({"relationship": "SPOUSE", "subscriber": " "}, ["subscriber"]),
    ({**CHILD, "subscriberBirthDate": "2026-03-03"}, ["subscriberBirthDate"]),
    ({**CHILD, "subscriberBirthDate": "1890-01-01"}, ["subscriberBirthDate"]),
    ({"period": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}}, ["period.end"]),
    ({"status": "CANCELLED"}, ["status"]),
    ({"status": "ENTERED_IN_ERROR"}, ["status"]),
    ({"payer": "", "planName": "x" * 201, "groupNumber": ""}, ["payer", "planName", "groupNumber"]),
]


async def test_what_cannot_be_is_refused_by_field(office: Office) -> None:
    for given, paths in WRONG:
        assert refusals(await office.add(**given)) == [("INVALID", path) for path in paths], given
    assert await Coverage.find({"patient_id": office.graph.clinic.bob.id}).count() == 0


async def test_a_draft_needs_no_more_than_a_payer_and_is_made_whole_to_count(office: Office) -> None:
    draft = (await office.add(memberId=None, status="DRAFT", relationship="SPOUSE"))["coverage"]
    assert draft["memberId"] is None
    begun = await office.update(id=draft["id"], status="ACTIVE")
    assert refusals(begun) == [("INVALID", "memberId"), ("INVALID", "subscriber")]
    begun = await office.update(id=draft["id"], status="ACTIVE", memberId="B2", subscriber="Berta Baker")
    assert (begun["errors"], begun["coverage"]["status"], begun["coverage"]["revision"]) == ([], "ACTIVE", 2)


async def test_patients_and_staff_add(office: Office) -> None:
    assert (await office.add("bob"))["errors"] == []
    assert (await office.add("staff", order="SECONDARY"))["errors"] == []


async def test_a_proxy_for_billing_adds_and_changes_and_others_do_not(office: Office) -> None:
    child = office.graph.clinic.child
    added = await office.add("parent", child)
    assert added["errors"] == []
    assert (await office.update("parent", id=added["coverage"]["id"], planName="HMO"))["errors"] == []
    await Patient.get_pymongo_collection().update_one(
        {"_id": child.id}, {"$set": {"proxies.0.scope": ["APPOINTMENTS", "RECORDS"]}}
    )
    assert refusals(await office.add("parent", child, order="SECONDARY")) == [("NOT_FOUND", "patient")]
    assert refusals(await office.update("parent", id=added["coverage"]["id"], planName="X")) == [("NOT_FOUND", "id")]


async def test_what_is_not_theirs_looks_like_what_is_not_there(office: Office) -> None:
    clinic = office.graph.clinic
    assert refusals(await office.add("alice")) == [("NOT_FOUND", "patient")]
    assert refusals(await office.update("bob", planName="X")) == [("NOT_FOUND", "id")]
    nobody = clinic.alice.model_copy(update={"id": "0" * 26})
    for caller in ("alice", "staff"):
        assert refusals(await office.add(caller, nobody)) == [("NOT_FOUND", "patient")]
        nothing = await office.update(caller, id=global_id("Coverage", "0" * 26), planName="X")
        assert refusals(nothing) == [("NOT_FOUND", "id")]


async def test_others_may_not(office: Office) -> None:
    clinic = office.graph.clinic
    for mutation, given in (
        (ADD, {"patient": gid(clinic.alice), "payer": "Aetna"}),
        (UPDATE, {"id": gid(clinic.coverage), "planName": "X"}),
    ):
        for caller in ("house", "admin", "analyst", None):
            answer = await office.graph.ask(caller, mutation, input=given)
            assert answer.codes == ["FORBIDDEN" if caller else "UNAUTHENTICATED"]


def year(first: int, last: int | None = None) -> dict[str, Any]:
    return {"start": f"{first}-01-01T00:00:00Z", "end": None if last is None else f"{last}-01-01T00:00:00Z"}


async def test_no_two_of_one_order_hold_at_the_same_time(office: Office) -> None:
    """Half-open: one begins where the other ends."""
    assert (await office.add(period=year(2026, 2027)))["errors"] == []
    for refused in (year(2026), year(2020), year(2025, 2030), year(2026, 2027), None):
        assert refusals(await office.add(period=refused)) == [("COVERAGE_OVERLAP", "order")], refused
    open_before = {"start": None, "end": "2024-01-01T00:00:00Z"}
    for free, order in ((open_before, "PRIMARY"), (year(2025, 2026), "PRIMARY"), (year(2027), "PRIMARY"), (None, "TERTIARY")):
        assert refusals(await office.add(period=free, order=order)) == [], free


async def test_only_active_ones_take_a_place(office: Office) -> None:
    first = (await office.add())["coverage"]
    second = (await office.add(status="DRAFT"))["coverage"]
    assert refusals(await office.update(id=second["id"], status="ACTIVE")) == [("COVERAGE_OVERLAP", "order")]
    assert (await office.update(id=first["id"], status="CANCELLED"))["errors"] == []
    assert (await office.update(id=second["id"], status="ACTIVE"))["errors"] == []
    assert refusals(await office.update(id=first["id"], status="ACTIVE")) == [("COVERAGE_OVERLAP", "order")]


async def test_what_an_import_brought_can_still_be_changed_but_for_its_place(office: Office) -> None:
    clinic = office.graph.clinic
    await Coverage(status=CoverageStatus.ACTIVE, patient_id=clinic.alice.id, payer="Medicare").insert()
    assert (await office.update(planName="HMO"))["errors"] == []
    ended = await office.update(period=year(2020, 2030))
    assert refusals(ended) == [("COVERAGE_OVERLAP", "order")]


async def test_of_eight_who_add_at_once_one_wins(office: Office) -> None:
    payloads = await asyncio.gather(*(office.add(memberId=f"B{number}") for number in range(8)))
    assert sorted(map(refusals, payloads)) == [[]] + [[("COVERAGE_OVERLAP", "order")]] * 7
    assert await Coverage.find({"patient_id": office.graph.clinic.bob.id}).count() == 1


async def test_of_racers_for_one_place_one_wins_whatever_they_do(office: Office) -> None:
    draft = (await office.add(status="DRAFT"))["coverage"]
    second = (await office.add(order="SECONDARY"))["coverage"]
    payloads = await asyncio.gather(
        office.update(id=draft["id"], status="ACTIVE"), office.update(id=second["id"], order="PRIMARY"), office.add()
    )
    assert sorted(map(refusals, payloads)) == [[]] + [[("COVERAGE_OVERLAP", "order")]] * 2


async def test_who_has_seen_an_older_one_is_told(office: Office) -> None:
    payloads = await asyncio.gather(*(office.update(planName=f"Plan {number}", expectedRevision=1) for number in range(4)))
    assert sorted(map(refusals, payloads)) == [[]] + [[("CONFLICT", "expectedRevision")]] * 3


async def test_null_clears_and_what_is_not_given_stays(office: Office) -> None:
    added = (await office.add(planName="PPO", groupNumber="G1", period=year(2026), **CHILD))["coverage"]
    cleared = (await office.update(id=added["id"], planName=None, period=None))["coverage"]
    assert (cleared["planName"], cleared["period"], cleared["groupNumber"]) == (None, {"start": None, "end": None}, "G1")
    assert (cleared["subscriber"], cleared["memberId"], cleared["revision"]) == ("Anna Müller", "B1", 2)
    assert refusals(await office.update(id=added["id"], memberId=None)) == [("INVALID", "memberId")]
    assert refusals(await office.update(id=added["id"])) == [("INVALID", "")]


async def test_who_was_verified_stays_who_they_are(office: Office) -> None:
    """The clinic's coverage has an answer of the payer: it is about member W123 of Aetna."""
    for given, path in (({"memberId": "W999"}, "memberId"), ({"payer": "Cigna"}, "payer")):
        assert refusals(await office.update(**given)) == [("COVERAGE_VERIFIED", path)]
    assert (await office.update(memberId="W123", planName="HMO", order="SECONDARY"))["errors"] == []
    added = (await office.add())["coverage"]
    assert (await office.update(id=added["id"], memberId="B2", payer="Cigna"))["errors"] == []


async def test_a_mistake_is_staffs_to_mark_and_is_out_of_sight_for_good(office: Office) -> None:
    wrong = {"status": "ENTERED_IN_ERROR"}
    assert refusals(await office.update("alice", **wrong)) == [("STAFF_ONLY", "status")]
    assert (await office.update("alice", status="CANCELLED"))["coverage"]["status"] == "CANCELLED"
    assert (await office.update(**wrong))["coverage"]["status"] == "ENTERED_IN_ERROR"
    assert refusals(await office.update(status="ACTIVE")) == [("ENDED", "id")]
    assert refusals(await office.update("alice", status="ACTIVE")) == [("NOT_FOUND", "id")]


async def test_the_same_key_adds_and_changes_once(office: Office) -> None:
    assert await office.add(idempotencyKey="k") == await office.add(idempotencyKey="k")
    assert await Coverage.find({"patient_id": office.graph.clinic.bob.id}).count() == 1
    assert refusals(await office.add(idempotencyKey="k", memberId="B2")) == [("IDEMPOTENCY_CONFLICT", "idempotencyKey")]
    for _ in range(2):
        assert (await office.update(idempotencyKey="k", planName="HMO"))["coverage"]["revision"] == 2
    stored = await Coverage.get(office.graph.clinic.coverage.id)
    assert stored is not None
    assert stored.updated_at == NOON
