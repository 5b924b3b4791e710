"""Nothing is overwritten: signing, amending, marking as entered in error, and the record as it stood."""

import asyncio
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.record import ClinicalNote, Observation, Record, RecordVersion
from tests.clinic import NOON
from tests.graph import Graph, gid
from tests.schema.record.chart_desk import GLUCOSE, LOINC, PANEL, change, concept, paths, recorded
from tests.schema.record.release_desk import move_clock

VERSIONS = """query ($id: ID!) { record(id: $id) { status version versions {
    version status change { reason by { id } } ... on ClinicalNote { text } ... on Condition { clinicalStatus } } } }"""
AS_OF = "query ($id: ID!, $at: DateTime) { record(id: $id, asOf: $at) { version ... on Condition { severity { text } } } }"


def _days(count: float) -> str:
    return (NOON + timedelta(days=count)).isoformat()


async def test_a_note_is_written_signed_amended_and_keeps_every_version(graph: Graph) -> None:
    note = await recorded(graph, "note", text="Draft.")
    drafted = await change(graph, "amendRecord", note["id"], expectedVersion=1, reason="Unfinished", note={"text": "Whole."})
    assert drafted.data["record"]["status"] == "PRELIMINARY"
    signed = (await change(graph, "signRecord", note["id"], expectedVersion=2)).data["record"]
    assert (signed["status"], signed["signedBy"]["id"], signed["version"]) == ("FINAL", gid(graph.clinic.house), 3)
    corrected = await change(
        graph, "amendRecord", note["id"], expectedVersion=3, reason="Left, not right", kind="CORRECTED", note={"text": "Left."}
    )
    assert corrected.data["record"]["change"]["reason"] == "Left, not right"
    seen = (await graph.data("house", VERSIONS, id=note["id"]))["record"]
    assert [(each["status"], each["text"]) for each in seen["versions"]] == [
        ("PRELIMINARY", "Draft."),
        ("PRELIMINARY", "Whole."),
        ("FINAL", "Whole."),
        ("CORRECTED", "Left."),
    ]
    assert [each["change"] and each["change"]["reason"] for each in seen["versions"]] == [
        None,
        "Unfinished",
        None,
        "Left, not right",
    ]
    again = await change(graph, "signRecord", note["id"])
    assert [error["__typename"] for error in again.data["errors"]] == ["Conflict"]


async def test_of_two_who_amend_one_version_one_wins_and_the_other_learns_which(graph: Graph) -> None:
    condition = await recorded(graph, "condition", code=concept("Cough"))

    async def amend(number: int) -> Any:
        part: dict[str, Any] = {"severity": concept(f"Number {number}")}
        return await change(graph, "amendRecord", condition["id"], expectedVersion=1, reason="Measured", condition=part)

    answers = [answer.data for answer in await asyncio.gather(*(amend(number) for number in range(6)))]
    won = [answer for answer in answers if not answer["errors"]]
    lost = [answer for answer in answers if answer["errors"]]
    assert ([each["record"]["version"] for each in won], len(lost)) == ([2], 5)
    for each in lost:
        [error] = each["errors"]
        assert (error["__typename"], error["currentVersion"], error["path"]) == ("Conflict", 2, ["expectedVersion"])
        assert each["record"]["version"] == 2  # the one that was not known
    assert await RecordVersion.find({"record_id": {"$exists": True}, "version": 1}).count() == 1


async def test_only_its_author_signs_and_amends_a_note(graph: Graph) -> None:
    graph.clinic.alice.care_team.append(type(graph.clinic.alice.care_team[0])(provider_id=graph.clinic.stranger.id))
    await graph.clinic.alice.replace()
    note = await recorded(graph, "note", text="Mine.")
    part: dict[str, Any] = {"expectedVersion": 1, "reason": "Not mine", "note": {"text": "Theirs."}}
    assert (await change(graph, "signRecord", note["id"], "stranger")).codes == ["An entry is signed by its author."]
    assert "amended by their author" in (await change(graph, "amendRecord", note["id"], "stranger", **part)).codes[0]
    condition = await recorded(graph, "condition", code=concept("Cough"))  # the problem list is everybody's who treats her
    part = {"expectedVersion": 1, "reason": "Gone", "condition": {"clinicalStatus": "RESOLVED"}}
    assert (await change(graph, "amendRecord", condition["id"], "stranger", **part)).data["errors"] == []


async def test_what_is_not_seen_is_not_changed(graph: Graph) -> None:
    part: dict[str, Any] = {"expectedVersion": 1, "reason": "Because", "condition": {"clinicalStatus": "RESOLVED"}}
    each: list[tuple[str, dict[str, Any]]] = [
        ("signRecord", {}),
        ("amendRecord", part),
        ("markRecordEnteredInError", {"reason": "Because"}),
    ]
    for mutation, more in each:
        answer = await change(graph, mutation, graph.clinic.bobs_condition, **more)
        assert [(error["__typename"], error["path"]) for error in answer.data["errors"]] == [("NotFound", ["record"])]
        for caller in ("alice", "staff", "admin", "analyst"):
            assert (await change(graph, mutation, graph.clinic.condition, caller, **more)).codes == ["FORBIDDEN"]


async def test_bad_amendments_name_their_place(graph: Graph) -> None:
    async def told(entry: Any, **more: Any) -> list[str]:
        return sorted(paths(await change(graph, "amendRecord", entry, **{"expectedVersion": 1, "reason": "Because", **more})))

    condition = await recorded(graph, "condition", code=concept("Cough"))
    changed = {"clinicalStatus": "RESOLVED"}
    assert await told(condition["id"], reason=" ", condition=changed) == ["reason"]
    assert await told(condition["id"]) == [""]
    assert await told(condition["id"], condition=changed, note={"text": "x"}) == [""]
    assert await told(condition["id"], allergy={"onsetAt": None}) == ["allergy"]
    assert await told(condition["id"], condition={}) == ["condition"]
    assert await told(condition["id"], condition={"code": None}) == ["condition.code"]
    assert await told(condition["id"], condition={"abatedAt": "2026-01-01T00:00:00Z"}) == ["condition.clinicalStatus"]
    assert await told(condition["id"], condition={"confidentiality": "VERY_RESTRICTED"}) == ["condition.confidentiality"]
    assert await told(condition["id"], condition={"code": concept("X", LOINC, "1-1")}) == ["condition.code.codings.0.code"]
    assert await told(condition["id"], expectedVersion=9, condition=changed) == ["expectedVersion"]
    assert (await Record.get_pymongo_collection().count_documents({"version": {"$gt": 1}})) == 0


async def test_another_value_is_compared_and_taken_in_hand_anew(graph: Graph) -> None:
    amount = {"quantity": {"value": "900", "unit": "mg/dL"}}
    ranges = [{"low": "70", "high": "99", "unit": "mg/dL"}]
    glucose = await recorded(graph, "observation", code=GLUCOSE, value=amount, referenceRanges=ranges, interpretations=["HH"])
    acknowledge = """mutation ($input: AcknowledgeCriticalResultInput!) {
        acknowledgeCriticalResult(input: $input) { errors { code } } }"""
    await graph.data("house", acknowledge, input={"observation": glucose["id"], "note": "Called her."})
    part: dict[str, Any] = {"value": {"quantity": {"value": "90.0", "unit": "mg/dL"}}}
    await change(graph, "amendRecord", glucose["id"], expectedVersion=1, reason="Typing", kind="CORRECTED", observation=part)
    stored = await Observation.find_one({"code.codings.code": "2345-7"})
    assert stored is not None
    assert (stored.interpretations, stored.critical, stored.acknowledgement, stored.version) == (["N"], False, None, 2)


async def test_a_report_takes_its_observations_with_it(graph: Graph) -> None:
    results = [{"code": GLUCOSE, "value": {"quantity": {"value": "90", "unit": "mg/dL"}}}]
    report = await recorded(graph, "labReport", code=PANEL, observations=results, preliminary=True)

    async def statuses() -> set[tuple[str, str]]:
        rows = await Observation.find({"position": 0, "code.codings.code": "2345-7"}).to_list()
        return {(row.status.value, row.confidentiality.value) for row in rows}

    assert (await change(graph, "signRecord", report["id"])).data["errors"] == []
    assert await statuses() == {("FINAL", "NORMAL")}
    part: dict[str, Any] = {"expectedVersion": 2, "reason": "She asked", "labReport": {"confidentiality": "RESTRICTED"}}
    assert (await change(graph, "amendRecord", report["id"], **part)).data["errors"] == []
    assert await statuses() == {("AMENDED", "RESTRICTED")}
    assert (await change(graph, "markRecordEnteredInError", report["id"], reason="Wrong patient")).data["errors"] == []
    assert await statuses() == {("ENTERED_IN_ERROR", "RESTRICTED")}


async def test_what_was_entered_in_error_is_gone_from_the_portal_and_kept(graph: Graph) -> None:
    condition = await recorded(graph, "condition", code=concept("Cough"))
    marked = await change(graph, "markRecordEnteredInError", condition["id"], reason="Wrong patient", expectedVersion=1)
    assert marked.data["record"]["status"] == "ENTERED_IN_ERROR"
    for caller, expected in (("alice", None), ("house", {"version": 2})):
        seen = await graph.data(caller, "query ($id: ID!) { record(id: $id) { version } }", id=condition["id"])
        assert seen["record"] == expected
    for at in (_days(0), None):
        assert (await graph.data("alice", AS_OF, id=condition["id"], at=at))["record"] is None  # nor by way of the past
    again = await change(graph, "markRecordEnteredInError", condition["id"], reason="Once more")
    assert [error["__typename"] for error in again.data["errors"]] == ["Conflict"]
    seen = await graph.data("house", VERSIONS, id=condition["id"])
    assert [each["status"] for each in seen["record"]["versions"]] == ["FINAL", "ENTERED_IN_ERROR"]


async def test_what_was_imported_is_amended_for_what_is_wrong_in_the_amendment_only(graph: Graph) -> None:
    words_alone: dict[str, Any] = {
        "expectedVersion": 1,
        "reason": "Not given",
        "immunization": {"given": False},
    }  # its code is words alone
    assert (await change(graph, "amendRecord", graph.clinic.immunization, **words_alone)).data["errors"] == []
    coded: dict[str, Any] = {"expectedVersion": 2, "reason": "Another", "immunization": {"code": concept("Tetanus")}}
    assert list(paths(await change(graph, "amendRecord", graph.clinic.immunization, **coded))) == ["immunization.code.codings"]
    retold: dict[str, Any] = {"expectedVersion": 1, "reason": "Better", "note": {"text": "Walks twice a day."}}
    assert (await change(graph, "amendRecord", graph.clinic.note, **retold)).data["errors"] == []
    stored = await ClinicalNote.get(graph.clinic.note.id)
    assert stored is not None
    assert stored.text == "Walks twice a day."


async def test_as_of_is_not_for_analysts_nor_for_what_has_not_been(graph: Graph) -> None:
    condition = graph.clinic.condition
    assert (await graph.ask("house", AS_OF, id=gid(condition), at=_days(1))).errors[0].message.endswith("has not been yet.")
    query = "query ($id: ID!, $at: DateTime) { record(id: $id, asOf: $at) { id } }"
    assert (await graph.ask("analyst", query, id=gid(condition), at=_days(-1))).codes == ["asOf is not for de-identified rows."]
    assert (await graph.data("house", AS_OF, id=gid(condition), at=_days(-1)))["record"]["version"] == 1
    assert (await graph.data("house", AS_OF, id=gid(condition), at=_days(-9)))["record"] is None  # not written yet


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(gaps=st.lists(st.integers(min_value=1, max_value=50), min_size=1, max_size=4), ended=st.booleans())
async def test_as_of_an_instant_is_what_was_read_then(graph: Graph, gaps: list[int], ended: bool) -> None:
    lists = """query ($id: ID!, $at: DateTime) { patient(id: $id) {
        conditions(asOf: $at) { id version severity { text } } allergies(asOf: $at) { id version clinicalStatus }
        medications(asOf: $at, active: true) { id version dosage } } }"""
    whole: dict[str, Any] = {"id": gid(graph.clinic.alice)}
    condition = await recorded(graph, "condition", code=concept("Cough"), severity=concept("0"))
    medication = await recorded(graph, "medication", code=concept("Syrup"), dosage="0")
    now, read = graph.ports.clock(), {}
    for version, gap in enumerate(gaps, start=1):
        read[now] = await graph.data("house", lists, **whole)
        now += timedelta(hours=gap)
        move_clock(graph, now)
        more: dict[str, Any] = {"expectedVersion": version, "reason": "Next"}
        await change(graph, "amendRecord", condition["id"], **more, condition={"severity": concept(str(version))})
        part: dict[str, Any] = {
            "dosage": str(version),
            "requestStatus": "STOPPED" if ended and version == len(gaps) else "ACTIVE",
        }
        await change(graph, "amendRecord", medication["id"], **more, medication=part)
    read[now] = await graph.data("house", lists, **whole)
    move_clock(graph, now + timedelta(hours=1))
    for instant, expected in read.items():
        assert await graph.data("house", lists, **whole, at=instant.isoformat()) == expected
    halfway = now - timedelta(minutes=30)
    assert await graph.data("house", lists, **whole, at=halfway.isoformat()) == list(read.values())[-2]


async def test_the_past_of_many_patients_takes_as_many_commands_as_that_of_one(graph: Graph) -> None:
    query = "query ($ids: [ID!]!, $at: DateTime) { nodes(ids: $ids) { ... on Patient { conditions(asOf: $at) { id } } } }"
    move_clock(graph, NOON)
    people = [graph.clinic.alice, graph.clinic.child]
    graph.clinic.child.care_team.append(graph.clinic.alice.care_team[0])
    await graph.clinic.child.replace()
    counts = []
    for ids in (people[:1], people):
        answer = await graph.ask("house", query, ids=[gid(person) for person in ids], at=_days(-1))
        assert answer.errors == []
        counts.append(answer.commands)
    assert counts[0] == counts[1]
