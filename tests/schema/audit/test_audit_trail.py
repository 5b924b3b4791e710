"""What is written down about an operation, and that nothing is answered without it."""

import asyncio
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from models.audit_event import MOST_PARTS, AuditEvent
from models.base import StoredDocument
from models.patient import Patient
from models.values import HumanName
from ohms_graphql.error_policy import mask_unexpected_errors
from resolvers.audit.writer import AuditWriter
from schema import build_schema
from tests.audited import audited
from tests.clinic import NOON
from tests.graph import Graph, gid


def subject(document: StoredDocument) -> str:
    return f"{type(document).__name__}:{document.id}"


async def entries(**within: Any) -> list[AuditEvent]:
    return await audited(within)


async def test_a_read_is_written_down_for_each_patient(graph: Graph) -> None:
    c = graph.clinic
    await graph.data("staff", "{ appointments { nodes { id start patient { name { text } birthDate } } } }")
    found = {entry.patient_id: entry for entry in await entries()}
    assert set(found) == {c.alice.id, c.bob.id}
    alices = found[c.alice.id]
    assert set(alices.subjects) == {subject(c.alice), subject(c.visit), subject(c.coming)}
    assert set(alices.fields) == {
        "Appointment.id",
        "Appointment.start",
        "Appointment.patient",
        "Patient.name",
        "Patient.birthDate",
    }
    assert (alices.action, alices.outcome, alices.purpose) == ("Query.appointments", "SUCCESS", "OPERATIONS")
    assert (alices.actor_id, alices.roles, alices.at) == (c.accounts["staff"].id, ["STAFF"], NOON)
    assert found[c.bob.id].subjects == [subject(c.bobs_visit), subject(c.bob)]
    text = repr(await AuditEvent.get_pymongo_collection().find().to_list())
    assert "Müller" not in text
    assert "198.51.100.7" not in text  # the address is there as a pseudonym
    assert alices.client
    assert alices.client == found[c.bob.id].client


async def test_fields_follow_variables_fragments_and_interfaces(graph: Graph) -> None:
    query = """query ($with: Boolean!, $id: ID!) {
      one: node(id: $id) { id ... on Condition { code { text } } ...more @include(if: $with) }
    }
    fragment more on Record { recordedAt @skip(if: $with) status }"""
    for with_more, expected in [(False, set()), (True, {"Condition.status"})]:
        await graph.data("house", query, id=gid(graph.clinic.condition), **{"with": with_more})
        (entry,) = await entries()
        assert set(entry.fields) == {"Condition.id", "Condition.code"} | expected
        await AuditEvent.get_pymongo_collection().delete_many({})


@pytest.mark.parametrize(
    ("caller", "query", "purpose"),
    [
        ("alice", "{ viewer { patient { mrn } } }", "PATIENT_REQUEST"),
        ("parent", "{ patients { nodes { mrn } } }", "PATIENT_REQUEST"),
        ("house", "{ patients { nodes { mrn } } }", "TREATMENT"),
        ("staff", "{ invoices { nodes { number payments { id } } } }", "PAYMENT"),
        ("staff", "{ invoices { nodes { number patient { id } } } }", "OPERATIONS"),
    ],
)
async def test_the_purpose_follows_role_and_rows(graph: Graph, caller: str, query: str, purpose: str) -> None:
    await graph.data(caller, query)
    assert {entry.purpose for entry in await entries()} == {purpose}


async def test_what_holds_no_patient_data_is_nobodys_business(graph: Graph) -> None:
    await graph.data("alice", "{ viewer { account { email } } providers { nodes { name { text } } totalCount } }")
    await graph.data(None, "{ viewer { roles } }")
    assert await entries() == []


async def test_an_administrator_who_looks_at_accounts_is_written_down(graph: Graph) -> None:
    await graph.data("admin", "{ accounts(first: 2) { nodes { email } } }")
    (entry,) = await entries()
    assert (entry.patient_id, entry.fields, len(entry.subjects)) == (None, ["Account.email"], 2)


async def test_asking_in_vain_looks_the_same_whether_it_is_there_or_not(graph: Graph) -> None:
    c = graph.clinic
    unknown = c.alice.id[:-4] + "ZZZZ"
    for document_id in (c.alice.id, unknown):
        await graph.data(
            "bob", "query ($id: ID!) { node(id: $id) { id } }", id=gid(Patient(id=document_id, mrn="x", name=c.bob.name))
        )
    written = await entries()
    hidden, absent = [
        entry.model_dump(exclude={"id", "previous", "hash", "about", "created_at", "updated_at"}) for entry in written
    ]
    assert hidden == absent
    assert [entry.patient_id for entry in written] == [None, None]
    assert (hidden["outcome"], hidden["fields"]) == ("DENIED", ["Patient.id"])
    assert [entry.subjects for entry in written] == [[f"Patient:{c.alice.id}"], [f"Patient:{unknown}"]]


async def test_a_refusal_by_role_is_written_down_with_what_was_refused(graph: Graph) -> None:
    answer = await graph.ask("staff", "{ patients { nodes { mrn conditions { id } } } }")
    assert answer.codes == ["FORBIDDEN"]
    (entry,) = await entries()
    assert (entry.outcome, entry.patient_id, entry.subjects) == ("DENIED", None, [])
    assert entry.fields == ["Patient.conditions"]
    assert entry.action == "Query.patients"


async def test_strangers_cannot_fill_the_trail(graph: Graph) -> None:
    for _ in range(130):
        await graph.ask(None, "{ patients { nodes { mrn } } }")
    assert len(await entries()) == 100
    graph.ports.clock.instant = NOON.replace(minute=2)  # type: ignore[attr-defined]
    await graph.ask(None, "{ patients { nodes { mrn } } }")
    assert (await entries())[-1].unlisted == 30


async def test_a_count_without_rows_is_written_down(graph: Graph) -> None:
    await graph.data("staff", "{ patients(first: 0) { totalCount } }")
    (entry,) = await entries()
    assert (entry.patient_id, entry.subjects, entry.fields) == (None, [], ["PatientConnection.totalCount"])


async def test_two_hundred_rows_cost_one_more_command_than_none(graph: Graph) -> None:
    crowd = [Patient(mrn=f"C{number:06d}", name=HumanName(family=f"F{number:03d}")) for number in range(200)]
    await Patient.insert_many(crowd)
    for first in (1, 200):
        answer = await graph.ask("staff", "query ($first: Int!) { patients(first: $first) { nodes { mrn } } }", first=first)
        assert answer.commands == 2
    assert len(await entries()) == 201
    stored = await AuditEvent.find().sort("_id").to_list()
    assert [len(entry.about) for entry in stored] == [1, MOST_PARTS, 200 - MOST_PARTS]


async def test_nothing_is_answered_when_the_entry_cannot_be_stored(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = build_schema(error_policy=mask_unexpected_errors)
    graph = Graph(schema, graph.database, graph.clinic, graph.ports)

    async def broken(self: AuditWriter, rows: Any) -> None:
        raise AutoReconnect("gone")

    with monkeypatch.context() as patched:
        patched.setattr(AuditWriter, "_insert", broken)
        answer = await graph.ask("staff", "{ patients { nodes { mrn } } }")
        assert (answer.data, answer.codes) == (None, ["AUDIT_UNAVAILABLE"])
        refused = await graph.ask("staff", "{ accounts { nodes { email } } }")
        assert (refused.data, refused.codes) == (None, ["AUDIT_UNAVAILABLE"])
        streamed = await schema.stream("{ patients { nodes { mrn } } }", context_value=graph.context("staff"))
        results: list[Any] = [result async for result in streamed]
        assert [(result.data, result.errors[0].extensions["code"]) for result in results] == [(None, "AUDIT_UNAVAILABLE")]
    assert (await graph.ask("staff", "{ patients { nodes { mrn } } }")).errors == []
    assert (await graph.ports.audit.verify()).intact


UPDATE = """mutation ($id: ID!, $revision: Int) {
  updatePatient(input: {id: $id, preferredLanguage: "es", expectedRevision: $revision}) { errors { code } }
}"""


async def test_a_change_and_its_entry_are_stored_together(graph: Graph) -> None:
    alice = graph.clinic.alice
    await graph.data("alice", UPDATE, id=gid(alice))
    (entry,) = await entries()
    assert (entry.action, entry.outcome, entry.patient_id) == ("Mutation.updatePatient", "SUCCESS", alice.id)
    assert entry.fields == ["Patient.preferred_language"]
    assert entry.subjects == [subject(alice)]


async def test_a_change_that_is_rolled_back_leaves_a_failure_only(graph: Graph) -> None:
    data = await graph.data("alice", UPDATE, id=gid(graph.clinic.alice), revision=7)
    assert data["updatePatient"]["errors"][0]["code"] == "CONFLICT"
    (entry,) = await entries()
    assert (entry.outcome, entry.patient_id, entry.subjects) == ("FAILURE", None, [])


async def test_no_entry_no_change(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(self: AuditWriter, rows: Any, session: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(AuditWriter, "store_within", broken)
    answer = await graph.ask("alice", UPDATE, id=gid(graph.clinic.alice))
    assert len(answer.errors) == 1
    stored = await Patient.get(graph.clinic.alice.id)
    assert stored is not None
    assert stored.preferred_language is None


async def test_a_change_that_met_another_and_was_run_again_leaves_one_entry(graph: Graph) -> None:
    alice = graph.clinic.alice
    answers = await asyncio.gather(*(graph.ask("staff", UPDATE, id=gid(alice)) for _ in range(5)))
    assert [answer.errors for answer in answers] == [[]] * 5
    assert len(await audited(patient_id=alice.id)) == 5
    assert (await graph.ports.audit.verify()).intact


async def test_a_repeated_key_is_no_second_change_and_no_failure(graph: Graph) -> None:
    query = """mutation ($id: ID!) {
      updatePatient(input: {id: $id, preferredLanguage: "es", idempotencyKey: "k"}) { errors { code } } }"""
    await graph.data("alice", query, id=gid(graph.clinic.alice))
    await graph.data("alice", query, id=gid(graph.clinic.alice))
    assert [entry.outcome for entry in await entries()] == ["SUCCESS"]


async def test_each_event_of_a_subscription_is_written_down(graph: Graph) -> None:
    await graph.data("alice", "subscription { viewerChanged { patient { mrn } } }")
    (entry,) = await entries()
    assert (entry.action, entry.patient_id) == ("Subscription.viewerChanged", graph.clinic.alice.id)
