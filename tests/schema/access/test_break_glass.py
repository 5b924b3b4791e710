"""Emergency access: one patient, a typed purpose, a written reason, fifteen minutes, and a review that cannot be put off."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.account import Account, AccountKind
from models.base import StoredDocument
from models.break_glass import BreakGlassGrant
from models.patient import Patient
from models.record import ClinicalNote, Condition, Confidentiality
from models.values import CodeableConcept, HumanName
from resolvers.errors import Forbidden
from tests.audited import audited
from tests.clinic import ASTHMA, NOON, FixedClock
from tests.graph import Graph, gid
from tests.schema.access.conftest import BREAK, REASON, broken, signed_in_again

CHART = """query ($id: ID!) { patient(id: $id) { name { text } conditions { code { text } } records(first: 50) { nodes { id } }
  appointments { nodes { id } } invoices { totalCount } balance { minorUnits } } }"""
REVIEW = """mutation ($input: ReviewBreakGlassInput!) { reviewBreakGlass(input: $input) {
  grant { id overdue review { finding note by { email } } } errors { __typename code path } } }"""
LIST = (
    "query ($where: BreakGlassGrantWhere) { breakGlassGrants(where: $where) { totalCount nodes { patientId reason overdue } } }"
)


async def _review(graph: Graph, grant: str, caller: str = "admin", note: str = "Unconscious on arrival.") -> Any:
    data = await graph.data(caller, REVIEW, input={"grant": grant, "finding": "JUSTIFIED", "note": note})
    return data["reviewBreakGlass"]


async def _see(graph: Graph, document: StoredDocument, caller: str = "stranger") -> bool:
    data = await graph.data(caller, "query ($id: ID!) { node(id: $id) { id } }", id=gid(document))
    return data["node"] is not None


def _at(graph: Graph, **later: float) -> Graph:
    return replace(graph, ports=replace(graph.ports, clock=FixedClock(NOON + timedelta(**later))))


async def test_a_stranger_sees_the_patient_for_fifteen_minutes(graph: Graph) -> None:
    clinic = graph.clinic
    assert not await _see(graph, clinic.alice)
    payload = await broken(graph, patient=gid(clinic.alice))
    assert payload["errors"] == []
    assert payload["patient"]["name"] == {"text": "Alice Müller"}
    assert sorted(found["code"]["text"] for found in payload["patient"]["conditions"]) == ["Asthma", "Diabetes"]
    assert payload["grant"]["expiresAt"] == "2026-03-02T12:15:00Z"
    await signed_in_again(graph, "stranger")
    for document in (clinic.alice, clinic.condition, clinic.restricted_note, clinic.visit, clinic.held_report):
        assert await _see(graph, document), type(document).__name__
    assert await _see(_at(graph, minutes=14, seconds=59), clinic.condition)
    for document in (clinic.alice, clinic.condition, clinic.visit):
        assert not await _see(_at(graph, minutes=15), document)


async def test_psychotherapy_notes_billing_and_other_patients_stay_closed(graph: Graph) -> None:
    clinic = graph.clinic
    await broken(graph, patient=gid(clinic.alice))
    await signed_in_again(graph, "stranger")
    for document in (clinic.secret_note, clinic.invoice, clinic.payment, clinic.coverage, clinic.check, clinic.child):
        assert not await _see(graph, document), type(document).__name__
    chart = (await graph.data("stranger", CHART, id=gid(clinic.alice)))["patient"]
    assert len(chart["appointments"]["nodes"]) == 2
    assert gid(clinic.secret_note) not in {node["id"] for node in chart["records"]["nodes"]}
    assert chart["invoices"] == {"totalCount": 0}
    assert chart["balance"] == {"minorUnits": 0}


async def test_nobody_else_profits(graph: Graph) -> None:
    await broken(graph, patient=gid(graph.clinic.alice))
    for caller in ("bob", "parent", "admin", "analyst"):
        assert not await _see(graph, graph.clinic.condition, caller)


async def test_callers_without_broken_glass_ask_nothing_more(graph: Graph) -> None:
    query = "query ($id: ID!) { patient(id: $id) { id } }"
    plain = (await graph.ask("stranger", query, id=gid(graph.clinic.bob))).commands
    await broken(graph, patient=gid(graph.clinic.alice))
    await signed_in_again(graph, "stranger")
    assert (await graph.ask("stranger", query, id=gid(graph.clinic.alice))).commands == plain + 1
    assert (await _at(graph, minutes=15).ask("stranger", query, id=gid(graph.clinic.bob))).commands == plain


async def test_the_operation_knows_under_which_grant_it_looks(graph: Graph) -> None:
    grant = (await broken(graph, patient=gid(graph.clinic.alice)))["grant"]
    await signed_in_again(graph, "stranger")
    context = graph.context("stranger")
    assert await context.access.glass_broken_for() == [graph.clinic.alice.id]
    stored = await BreakGlassGrant.find_one({"patient_id": graph.clinic.alice.id})
    assert stored is not None
    assert context.access.broken_glass == {graph.clinic.alice.id: stored.id}
    assert grant["id"] == gid(stored)


async def test_by_number_and_an_unknown_number_is_as_no_patient(graph: Graph) -> None:
    assert (await broken(graph, mrn="M0000000001"))["errors"] == []
    unknown = [{"__typename": "NotFound", "code": "NOT_FOUND", "path": ["patient"]}]
    assert (await broken(graph, mrn="M9999999999"))["errors"] == unknown
    gone = gid(Patient(mrn="M8", name=HumanName(family="Nobody")))
    assert (await broken(graph, patient=gone))["errors"] == unknown


async def test_guessing_at_numbers_is_slowed_down(graph: Graph) -> None:
    answers = [await broken(graph, mrn=f"M{number:010d}") for number in range(900, 911)]
    codes = [answer["errors"][0]["code"] for answer in answers]
    assert codes == ["NOT_FOUND"] * 10 + ["TOO_MANY_ATTEMPTS"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"purpose": "RESEARCH"}, ["purpose"]),
        ({"purpose": "PAYMENT"}, ["purpose"]),
        ({"reason": "x" * 19}, ["reason"]),
        ({"reason": " " * 30 + "emergency"}, ["reason"]),
        ({"reason": "x" * 1001}, ["reason"]),
        ({"patient": None}, ["patient"]),
        ({"mrn": "M0000000001"}, ["patient"]),
    ],
)
async def test_purpose_reason_and_one_patient_are_asked_for(graph: Graph, changes: dict[str, Any], path: list[str]) -> None:
    payload = await broken(graph, **{"patient": gid(graph.clinic.alice), **changes})
    assert [(error["__typename"], error["path"]) for error in payload["errors"]] == [("InvalidInput", path)]
    assert await BreakGlassGrant.count() == 0
    assert not await _see(graph, graph.clinic.alice)


async def test_who_has_the_patient_under_care_is_told_so(graph: Graph) -> None:
    refused = await broken(graph, "house", patient=gid(graph.clinic.alice))
    assert [error["code"] for error in refused["errors"]] == ["UNDER_CARE"]


async def test_nobody_breaks_the_glass_for_themselves(graph: Graph) -> None:
    graph.clinic.accounts["stranger"].patient_id = graph.clinic.child.id
    refused = await broken(graph, patient=gid(graph.clinic.child))
    assert [error["code"] for error in refused["errors"]] == ["OWN_RECORD"]


async def test_machines_do_not_break_the_glass(graph: Graph) -> None:
    graph.clinic.accounts["stranger"].kind = AccountKind.SERVICE
    given = {"patient": gid(graph.clinic.alice), "purpose": "EMERGENCY", "reason": REASON}
    (error,) = (await graph.ask("stranger", BREAK, input=given)).errors
    assert isinstance(error.original_error, Forbidden)
    assert await BreakGlassGrant.count() == 0


async def test_of_racers_for_one_patient_one_gets_the_grant(graph: Graph) -> None:
    payloads = await asyncio.gather(*(broken(graph, patient=gid(graph.clinic.alice)) for _ in range(5)))
    assert sorted(error["code"] for payload in payloads for error in payload["errors"]) == ["CONFLICT"] * 4
    assert await BreakGlassGrant.count() == 1


async def test_the_same_key_gives_the_same_grant(graph: Graph) -> None:
    payloads = [await broken(graph, patient=gid(graph.clinic.alice), idempotencyKey="once") for _ in range(2)]
    assert payloads[0]["grant"] == payloads[1]["grant"]
    assert await BreakGlassGrant.count() == 1


async def test_after_its_end_there_may_be_another(graph: Graph) -> None:
    await broken(graph, patient=gid(graph.clinic.alice))
    assert (await broken(_at(graph, minutes=14), patient=gid(graph.clinic.alice)))["errors"][0]["code"] == "CONFLICT"
    assert (await broken(_at(graph, minutes=15), patient=gid(graph.clinic.alice)))["errors"] == []


async def _strangers(number: int) -> list[Patient]:
    found = [Patient(mrn=f"S{index}", name=HumanName(family="Unknown", given=[str(index)])) for index in range(number)]
    await Patient.insert_many(found)
    return found


async def test_five_grants_in_a_day_even_for_racers(graph: Graph) -> None:
    patients = await _strangers(8)
    payloads = await asyncio.gather(*(broken(graph, patient=gid(patient)) for patient in patients))
    assert [error["code"] for payload in payloads for error in payload["errors"]] == ["TOO_MANY_GRANTS"] * 3
    assert await BreakGlassGrant.count() == 5
    tomorrow = await broken(_at(graph, hours=24), patient=gid(graph.clinic.alice))
    assert tomorrow["errors"] == []


async def test_no_grant_while_a_review_is_overdue(graph: Graph) -> None:
    grant = (await broken(graph, patient=gid(graph.clinic.alice)))["grant"]["id"]
    in_time = await broken(_at(graph, hours=71), patient=gid(graph.clinic.child))
    assert in_time["errors"] == []
    late = _at(graph, hours=72)
    refused = await broken(late, patient=gid(graph.clinic.alice))
    assert [error["code"] for error in refused["errors"]] == ["REVIEW_OVERDUE"]
    assert (await _review(late, grant))["errors"] == []
    assert (await broken(late, patient=gid(graph.clinic.alice)))["errors"] == []


async def test_a_review_is_done_once_and_by_somebody_else(graph: Graph) -> None:
    grant = (await broken(graph, patient=gid(graph.clinic.alice)))["grant"]["id"]
    racing = await asyncio.gather(*(_review(graph, grant) for _ in range(4)))
    assert sum(payload["errors"] == [] for payload in racing) == 1
    assert {error["code"] for payload in racing for error in payload["errors"]} == {"CONFLICT"}
    done = next(payload["grant"] for payload in racing if payload["grant"])
    assert done["review"] == {"finding": "JUSTIFIED", "note": "Unconscious on arrival.", "by": {"email": "admin@clinic.example"}}
    other = (await broken(graph, patient=gid(graph.clinic.child)))["grant"]["id"]
    graph.clinic.accounts["admin"].id, kept = graph.clinic.accounts["stranger"].id, graph.clinic.accounts["admin"].id
    own = await _review(graph, other)
    graph.clinic.accounts["admin"].id = kept
    assert [error["code"] for error in own["errors"]] == ["OWN_GRANT"]
    assert [error["path"] for error in (await _review(graph, other, note=" "))["errors"]] == [["note"]]
    gone = gid(BreakGlassGrant.model_construct(id="0" * 26))
    assert [error["code"] for error in (await _review(graph, gone))["errors"]] == ["NOT_FOUND"]


async def test_administrators_list_grants_and_see_no_patient(graph: Graph) -> None:
    clinic = graph.clinic
    grant = (await broken(graph, patient=gid(clinic.alice)))["grant"]["id"]
    await broken(graph, patient=gid(clinic.child))
    late = _at(graph, hours=80)
    everything = (await late.data("admin", LIST))["breakGlassGrants"]
    assert [node["patientId"] for node in everything["nodes"]] == [gid(clinic.child), gid(clinic.alice)]
    assert everything["nodes"][0]["reason"] == REASON
    await _review(late, grant)
    for where, expected in [
        ({"reviewed": True}, [gid(clinic.alice)]),
        ({"reviewed": False}, [gid(clinic.child)]),
        ({"overdue": True}, [gid(clinic.child)]),
        ({"overdue": False}, [gid(clinic.alice)]),
        ({"provider": gid(clinic.stranger), "overdue": True, "reviewed": False}, [gid(clinic.child)]),
        ({"provider": gid(clinic.house)}, []),
    ]:
        found = (await late.data("admin", LIST, where=where))["breakGlassGrants"]
        assert [node["patientId"] for node in found["nodes"]] == expected, where
        assert found["totalCount"] == len(expected)
    assert not await _see(graph, clinic.alice, "admin")


async def test_providers_see_their_own_grants_only(graph: Graph) -> None:
    await broken(graph, patient=gid(graph.clinic.alice))
    grant = await BreakGlassGrant.find_one({})
    assert grant is not None
    assert await _see(graph, grant, "stranger")
    assert await _see(graph, grant, "admin")
    assert not await _see(graph, grant, "house")
    assert not await _see(graph, grant, "alice")


async def test_the_grant_is_noted_in_its_own_transaction_for_the_patients_log(graph: Graph) -> None:
    context = graph.context("stranger")
    given = {"patient": gid(graph.clinic.alice), "purpose": "EMERGENCY", "reason": REASON}
    result = await graph.schema.execute(BREAK, variable_values={"input": given}, context_value=context)
    assert not result.errors
    grant = await BreakGlassGrant.find_one({})
    assert grant is not None
    assert context.access.broken_glass == {graph.clinic.alice.id: grant.id}
    events = await audited(patient_id=graph.clinic.alice.id)
    made = [event for event in events if f"BreakGlassGrant:{grant.id}" in event.subjects]
    assert [(event.purpose, event.grant_id) for event in made] == [("EMERGENCY", grant.id)]
    assert not any(REASON in str(event.model_dump()) for event in events)


async def test_a_refused_grant_opens_nothing_for_the_rest_of_the_operation(graph: Graph) -> None:
    first = {"purpose": "EMERGENCY", "reason": REASON, "patient": gid(graph.clinic.alice)}
    await broken(graph, **first)
    context = graph.context("stranger")
    query = """mutation ($input: BreakGlassInput!, $again: BreakGlassInput!) {
      refused: breakGlass(input: $again) { errors { code } patient { id } }
      other: breakGlass(input: $input) { errors { code } patient { id } } }"""
    variables = {"again": first, "input": {**first, "patient": gid(graph.clinic.child)}}
    result = await graph.schema.execute(query, variable_values=variables, context_value=context)
    assert result.data is not None
    assert result.data["refused"] == {"errors": [{"code": "CONFLICT"}], "patient": None}
    assert result.data["other"]["patient"] == {"id": gid(graph.clinic.child)}
    assert set(context.access.broken_glass) == {graph.clinic.child.id}


async def test_an_account_without_a_provider_cannot(graph: Graph) -> None:
    graph.clinic.accounts["stranger"].provider_id = None
    given = {"patient": gid(graph.clinic.alice), "purpose": "EMERGENCY", "reason": REASON}
    (error,) = (await graph.ask("stranger", BREAK, input=given)).errors
    assert isinstance(error.original_error, Forbidden)


async def test_an_earlier_longer_grant_is_not_shortened(graph: Graph) -> None:
    stranger = graph.clinic.accounts["stranger"]
    later = NOON + timedelta(minutes=40)
    await Account.find_one({"_id": stranger.id}).update({"$set": {"broken_glass_until": later}})
    await broken(graph, patient=gid(graph.clinic.alice))
    stored = await Account.get(stranger.id)
    assert stored is not None
    assert stored.broken_glass_until == later


async def test_the_patients_restricted_entries_are_for_emergencies(graph: Graph) -> None:
    note = ClinicalNote(
        code=CodeableConcept(text="Note"),
        text="Alone.",
        patient_id=graph.clinic.child.id,
        confidentiality=Confidentiality.RESTRICTED,
    )
    await note.insert()
    condition = await Condition(code=ASTHMA, patient_id=graph.clinic.child.id, clinical_status="ACTIVE").insert()
    await broken(graph, patient=gid(graph.clinic.child))
    await signed_in_again(graph, "stranger")
    assert await _see(graph, note)
    assert await _see(graph, condition)
