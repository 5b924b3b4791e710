"""Asking payers: what they answer is kept beside what was known, and what they do not answer hides nothing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from models.audit_event import AuditEvent
from models.coverage import Coverage, EligibilityCheck, EligibilityOutcome
from models.patient import Patient
from models.values import AdministrativeGender
from schema.node import global_id
from tests.clinic import NOON
from tests.graph import gid
from tests.schema.coverage.office import DOWN, NOT_COVERED, VERIFY, Office, refusals


@pytest.fixture
async def asking(office: Office) -> Office:
    await office.known_payer()
    return office


async def test_the_payer_is_asked_and_its_answer_kept(asking: Office) -> None:
    clinic = asking.graph.clinic
    payload = await asking.verify(serviceTypes=["98", "30"])
    assert payload["errors"] == []
    check = payload["verification"]
    assert (check["outcome"], check["inForce"], check["source"], check["stale"]) == ("COMPLETE", True, "PAYER", False)
    assert (check["serviceType"], check["reference"], check["checkedAt"]) == ("98", "A7", "2026-03-02T12:00:00Z")
    assert check["benefits"]["copay"] == {"minorUnits": 2500, "currency": "USD"}
    assert check["benefits"]["deductibleRemaining"] == {"minorUnits": 40000}
    assert [(row["serviceType"], row["network"]) for row in check["rows"]] == [("30", "IN"), ("98", "IN"), ("98", "OUT")]
    assert payload["coverage"] == {"known": {"id": check["id"]}, "verification": {"id": check["id"]}}
    [question] = asking.gateway.asked
    assert (question.payer_id, question.member_id, question.on) == ("60054", "W123", NOON.date())
    assert (question.subscriber.family, question.subscriber.birth_date, question.dependent) == ("Müller", date(1980, 2, 29), None)
    [stored] = await EligibilityCheck.find({"checked_by_id": clinic.accounts["staff"].id}).to_list()
    entries = await AuditEvent.find(
        {"action": "Mutation.verifyCoverage", "about.subjects": f"EligibilityCheck:{stored.id}"}
    ).to_list()
    assert {entry.patient_id for entry in entries} == {clinic.alice.id}


async def test_out_of_network_benefits_are_those_where_there_is_no_contract(asking: Office) -> None:
    assert (await asking.set_payer(name=" AETNA ", inNetwork=False))["errors"] == []
    assert (await asking.verify(serviceTypes=["98"]))["verification"]["benefits"]["copay"]["minorUnits"] == 6000


async def test_a_payer_that_is_down_hides_nothing_of_what_is_known(asking: Office) -> None:
    clinic = asking.graph.clinic
    asking.gateway.answer = DOWN
    payload = await asking.verify()
    check = payload["verification"]
    assert (payload["errors"], check["outcome"], check["inForce"], check["benefits"]) == ([], "ERROR", None, None)
    assert "in time" in check["message"]
    assert payload["coverage"] == {"known": {"id": gid(clinic.check)}, "verification": {"id": check["id"]}}
    asking.gateway.answer = NOT_COVERED
    payload = await asking.verify()
    assert payload["verification"]["inForce"] is False
    assert payload["coverage"]["known"] == {"id": payload["verification"]["id"]}
    before = await EligibilityCheck.get(clinic.check.id)
    assert before == clinic.check


async def test_an_error_never_says_that_it_is_in_force(asking: Office) -> None:
    asking.gateway.answer = replace(DOWN, in_force=True)
    assert (await asking.verify())["verification"]["inForce"] is None


async def test_a_dependent_is_asked_for_with_the_subscriber(asking: Office) -> None:
    """The subscriber's name, birth date and gender are what the payer finds the family by."""
    clinic = asking.graph.clinic
    subscriber = {"relationship": "CHILD", "subscriber": "Anna Maria Müller"}
    added = (await asking.add("parent", clinic.child, **subscriber))["coverage"]["id"]
    assert refusals(await asking.verify(coverage=added)) == [("NOT_ASKABLE", "coverage")] * 2
    assert (await asking.update("parent", id=added, subscriberBirthDate="1985-04-03", subscriberGender="FEMALE"))["errors"] == []
    assert (await asking.verify(coverage=added))["errors"] == []
    [question] = asking.gateway.asked
    assert (question.subscriber.given, question.subscriber.family) == ("Anna Maria", "Müller")
    assert (question.subscriber.birth_date, question.subscriber.gender) == (date(1985, 4, 3), AdministrativeGender.FEMALE)
    assert question.dependent is not None
    assert (question.dependent.given, question.dependent.birth_date) == ("Charlie", date(2018, 1, 1))


async def test_what_cannot_be_asked_is_not(asking: Office) -> None:
    wrong: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"serviceTypes": []}, [("INVALID", "serviceTypes")]),
        ({"serviceTypes": ["30", "30"]}, [("INVALID", "serviceTypes")]),
        ({"serviceTypes": [str(number) for number in range(11)]}, [("INVALID", "serviceTypes")]),
        ({"serviceTypes": ["30", "visit"]}, [("INVALID", "serviceTypes.1")]),
        ({"on": "2025-12-31"}, [("INVALID", "on")]),
        ({"on": "2027-01-01", "serviceTypes": [""]}, [("INVALID", "serviceTypes.0"), ("INVALID", "on")]),
        ({"coverage": global_id("Coverage", "0" * 26)}, [("NOT_FOUND", "coverage")]),
    ]
    for given, expected in wrong:
        assert refusals(await asking.verify(**given)) == expected, given
    bare = (await asking.add(memberId=None, status="DRAFT"))["coverage"]["id"]
    assert refusals(await asking.verify(coverage=bare)) == [("NOT_ASKABLE", "coverage")]
    assert asking.gateway.asked == []
    assert await EligibilityCheck.find_all().count() == 1


async def test_payers_and_clearing_house_must_be_set_up(office: Office) -> None:
    assert refusals(await office.verify()) == [("PAYER_NOT_SET_UP", "coverage")]
    for given in ({"electronicId": None}, {"electronicId": "60054", "active": False}):
        assert (await office.set_payer(**given))["errors"] == []
        assert refusals(await office.verify()) == [("PAYER_NOT_SET_UP", "coverage")]
    office.gateway.is_set_up = False
    assert (await office.set_payer(active=True))["errors"] == []
    assert refusals(await office.verify()) == [("ELIGIBILITY_NOT_SET_UP", "")]
    assert office.gateway.asked == []


async def test_only_staff_ask_and_record(asking: Office) -> None:
    record = (
        "mutation ($input: RecordCoverageVerificationInput!) { recordCoverageVerification(input: $input) { errors { code } } }"
    )
    coverage = {"coverage": gid(asking.graph.clinic.coverage)}
    for caller in ("alice", "house", "admin", "analyst", None):
        for mutation, given in ((VERIFY, coverage), (record, {**coverage, "inForce": True})):
            answer = await asking.graph.ask(caller, mutation, input=given)
            assert answer.codes == ["FORBIDDEN" if caller else "UNAUTHENTICATED"]
    assert asking.gateway.asked == []


async def test_an_answer_about_what_was_changed_meanwhile_is_not_kept(asking: Office) -> None:
    """Nothing holds the coverage while the payer is asked."""

    async def another_member() -> None:
        [coverage] = await Coverage.find({"patient_id": asking.graph.clinic.bob.id}).to_list()
        assert (await asking.update(id=gid(coverage), memberId="B9"))["errors"] == []

    added = (await asking.add())["coverage"]["id"]
    asking.gateway.meanwhile = another_member
    assert refusals(await asking.verify(coverage=added)) == [("CONFLICT", "coverage")]
    asking.gateway.meanwhile = None
    assert await EligibilityCheck.find_all().count() == 1
    assert (await asking.verify(coverage=added))["errors"] == []


async def test_a_repeat_with_the_same_key_asks_once(asking: Office) -> None:
    first = await asking.verify(idempotencyKey="k")
    assert await asking.verify(idempotencyKey="k") == first
    assert len(asking.gateway.asked) == 1
    other = await asking.verify(idempotencyKey="k", serviceTypes=["30"])
    assert refusals(other) == [("IDEMPOTENCY_CONFLICT", "idempotencyKey")]


async def test_what_staff_were_told_is_kept_with_who_and_when(office: Office) -> None:
    told = {
        "deductible": {"minorUnits": 150000},
        "deductibleRemaining": {"minorUnits": 0},
        "copay": {"minorUnits": 2500},
        "coinsurancePercent": "12.5",
        "outOfPocketMaximum": {"minorUnits": 600000},
    }
    spoken = {"reference": "R-1", "message": "Ms Smith,\nextension 7", "checkedAt": "2026-03-02T11:00:00Z"}
    payload = await office.record(serviceType="98", network="IN", benefits=told, **spoken)
    assert payload["errors"] == []
    check = payload["verification"]
    assert {name: check[name] for name in spoken} == spoken
    assert (check["outcome"], check["inForce"], check["source"]) == ("COMPLETE", True, "STAFF")
    assert check["checkedBy"] == {"id": gid(office.graph.clinic.accounts["staff"])}
    assert check["benefits"] == {
        "deductible": {"minorUnits": 150000},
        "deductibleRemaining": {"minorUnits": 0},
        "copay": {"minorUnits": 2500, "currency": "USD"},
        "coinsurancePercent": "12.5",
        "outOfPocketMaximum": {"minorUnits": 600000},
        "outOfPocketRemaining": None,
    }
    assert check["rows"] == [{"serviceType": "98", "network": "IN", "covered": None, "benefits": check["benefits"]}]
    assert payload["coverage"] == {"known": {"id": check["id"]}, "verification": {"id": check["id"]}}
    ended = await office.record(inForce=False)
    assert (ended["verification"]["inForce"], ended["verification"]["benefits"]) == (False, None)


async def test_what_nobody_can_have_been_told_is_refused_by_field(office: Office) -> None:
    def money(**told: Any) -> dict[str, Any]:
        return {"benefits": {name: {"minorUnits": units} for name, units in told.items()}}

    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"serviceType": "visit"}, ["serviceType"]),
        ({"reference": ""}, ["reference"]),
        ({"message": "x" * 2001}, ["message"]),
        ({"checkedAt": (NOON + timedelta(seconds=1)).isoformat()}, ["checkedAt"]),
        (money(copay=-1), ["benefits.copay.minorUnits"]),
        (money(copay=2_000_000_000), ["benefits.copay.minorUnits"]),
        (money(deductible=100, deductibleRemaining=101), ["benefits.deductibleRemaining"]),
        (money(outOfPocketMaximum=1, outOfPocketRemaining=2), ["benefits.outOfPocketRemaining"]),
        ({"benefits": {"copay": {"minorUnits": 1, "currency": "EUR"}}}, ["benefits.copay.currency"]),
        ({"benefits": {"copay": {"minorUnits": 1, "currency": "euro"}}}, ["benefits.copay.currency"]),
        ({"benefits": {"coinsurancePercent": "100.01"}}, ["benefits.coinsurancePercent"]),
        ({"benefits": {"coinsurancePercent": "-1"}}, ["benefits.coinsurancePercent"]),
        ({"inForce": False, **money(copay=1)}, ["benefits"]),
    ]
    for given, paths in wrong:
        assert refusals(await office.record(**given)) == [("INVALID", path) for path in paths], given
    assert await EligibilityCheck.find_all().count() == 1


async def test_an_answer_goes_stale_after_thirty_days_and_with_the_year(asking: Office) -> None:
    async def stale_after(**ago: Any) -> bool:
        await EligibilityCheck.get_pymongo_collection().update_one({}, {"$set": {"checked_at": NOON - timedelta(**ago)}})
        found = await asking.graph.data(
            "staff", "query ($id: ID!) { coverage(id: $id) { known { stale } } }", id=gid(asking.graph.clinic.coverage)
        )
        return bool(found["coverage"]["known"]["stale"])

    assert not await stale_after(days=29, hours=23)
    assert await stale_after(days=30)
    asking.graph.ports.clock.instant = NOON.replace(month=1, day=2)  # type: ignore[attr-defined]
    assert await stale_after(days=62)


async def test_patients_see_the_answers_and_payers_names_but_not_the_contract(asking: Office) -> None:
    graph = asking.graph
    assert (await asking.verify())["errors"] == []
    query = "{ viewer { patient { coverages { known { inForce rows { serviceType } } } } } payers { nodes { name inNetwork } } }"
    data = await graph.data("alice", query)
    assert data["viewer"]["patient"]["coverages"][0]["known"]["inForce"] is True
    assert data["payers"]["nodes"] == [{"name": "Aetna", "inNetwork": True}]
    for name in ("electronicId", "discountPercent"):
        for caller in ("alice", "house", "analyst"):
            assert set((await graph.ask(caller, f"{{ payers {{ nodes {{ {name} }} }} }}")).codes) == {"FORBIDDEN"}


async def test_nobody_is_asked_about_a_patient_whose_birth_date_is_not_known(asking: Office) -> None:
    await Patient.get_pymongo_collection().update_one({"_id": asking.graph.clinic.alice.id}, {"$set": {"birth_date": None}})
    assert refusals(await asking.verify()) == [("NOT_ASKABLE", "coverage")]


def test_no_answer_is_not_an_answer_that_it_does_not_hold() -> None:
    assert (DOWN.outcome, DOWN.in_force) == (EligibilityOutcome.ERROR, None)
