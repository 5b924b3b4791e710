"""Holding an entry, ending that, the patient's own wish to wait, and what is told of it."""

import asyncio
from datetime import timedelta

import pytest

from models.confidentiality import Confidentiality
from models.record import LabReport, Observation, Record, RecordStatus, RecordVersion, Release, ReleaseHoldReason
from models.record_release_event import RecordRelease
from models.values import CodeableConcept, Coding
from resolvers.release.announcing import announce
from resolvers.release.ending import tell_ended
from resolvers.release.holding import new_hold
from resolvers.user_errors import Rejected
from tests.clinic import NOON
from tests.graph import Graph, gid
from tests.schema.record.release_desk import SHOW, WAITING, a_note, a_report, days, end, hold, move_clock, sees, wish, written


async def _told(graph: Graph) -> list[str]:
    return [
        release.record_id
        for release in await RecordRelease.find({"patient_id": graph.clinic.alice.id}).sort("sequence").to_list()
    ]


async def test_what_is_new_reaches_the_patient_at_once(graph: Graph) -> None:
    report, observation = a_report(graph)
    note = a_note(graph)
    await written(graph.context("house"), report, observation, note)
    assert await sees(graph, "alice", report, observation, note) == [True] * 3
    assert await _told(graph) == [report.id, note.id]  # an observation is told with its report
    stored = await LabReport.get(report.id)
    assert stored is not None
    assert stored.release.at == NOON


async def test_a_preliminary_entry_is_told_when_it_is_signed(graph: Graph) -> None:
    note = a_note(graph, status=RecordStatus.PRELIMINARY)
    await written(graph.context("house"), note)
    assert await _told(graph) == []
    context = graph.context("house")
    note.status = RecordStatus.FINAL

    async def sign(session: object) -> bool:
        return await announce(context, session, note)  # type: ignore[arg-type]

    assert await graph.ports.transaction(sign)
    assert not await graph.ports.transaction(sign)  # once
    assert await _told(graph) == [note.id]


async def test_a_hold_ends_by_itself(graph: Graph) -> None:
    report, observation = a_report(graph)
    await written(graph.context("house"), report, observation)
    answer = await hold(graph, "house", report)
    assert answer.data["holdRelease"] == {"errors": [], "record": {"id": gid(report), "release": {"released": False}}}
    assert await sees(graph, "alice", report, observation) == [False, False]
    assert await sees(graph, "house", report, observation) == [True, True]
    move_clock(graph, NOON + timedelta(days=2, milliseconds=-1))
    assert (await sees(graph, "alice", report), await tell_ended(graph.context(None))) == ([False], 0)
    move_clock(graph, NOON + timedelta(days=2))
    assert await sees(graph, "alice", report, observation) == [True, True]
    query = "query ($id: ID!) { record(id: $id) { release { released at hold { reason until by { id } } cursor } } }"
    release = (await graph.data("alice", query, id=gid(report)))["record"]["release"]
    end_of_hold = (NOON + timedelta(days=2)).isoformat().replace("+00:00", "Z")
    assert release == {
        "released": True,
        "at": end_of_hold,
        "hold": {"reason": "RISK_OF_HARM", "until": end_of_hold, "by": {"id": gid(graph.clinic.house)}},
        "cursor": None,
    }
    # Several processes look at once: it is told once. The clinic has another hold that ends at the same instant.
    assert sum(await asyncio.gather(*(tell_ended(graph.context(None)) for _ in range(4)))) == 2
    first, *then = await _told(graph)
    assert (first, sorted(then)) == (report.id, sorted([report.id, graph.clinic.held_report.id]))
    assert await tell_ended(graph.context(None)) == 0


async def test_a_hold_is_ended_early_and_leaves_its_mark(graph: Graph) -> None:
    held = graph.clinic.held_report
    assert (await end(graph, "house", held)).data["endHold"]["record"]["release"]["released"] is True
    assert await sees(graph, "alice", held) == [True]
    assert await _told(graph) == [held.id]
    stored = await Record.get(held.id, with_children=True)
    assert stored is not None
    assert stored.release.hold is not None
    assert stored.release.hold.until == NOON
    [error] = (await end(graph, "house", held)).data["endHold"]["errors"]
    assert (error["__typename"], error["path"]) == ("Conflict", ["record"])
    assert await tell_ended(graph.context(None)) == 0


async def test_what_could_be_read_is_held_for_risk_of_harm_only(graph: Graph) -> None:
    for reason in ("PATIENT_REQUEST", "STATE_LAW"):
        [error] = (await hold(graph, "house", graph.clinic.report, reason)).data["holdRelease"]["errors"]
        assert (error["__typename"], error["code"]) == ("Conflict", "ALREADY_RELEASED")
    assert (await hold(graph, "house", graph.clinic.report)).data["holdRelease"]["errors"] == []
    assert (await hold(graph, "house", graph.clinic.report, "STATE_LAW")).data["holdRelease"]["errors"] == []  # it is held now
    draft = a_note(graph, status=RecordStatus.PRELIMINARY)
    await written(graph.context("house"), draft)
    assert (await hold(graph, "house", draft, "PATIENT_REQUEST")).data["holdRelease"]["errors"] == []


@pytest.mark.parametrize(
    ("until", "path"), [(days(0), ["until"]), (days(-1), ["until"]), (days(90.001), ["until"]), (days(90), None)]
)
async def test_a_hold_has_an_end_within_ninety_days(graph: Graph, until: str, path: list[str] | None) -> None:
    errors = (await hold(graph, "house", graph.clinic.report, until=until)).data["holdRelease"]["errors"]
    assert [error["path"] for error in errors] == ([] if path is None else [path])


async def test_who_may_hold(graph: Graph) -> None:
    clinic = graph.clinic
    [error] = (await hold(graph, "stranger", clinic.report)).data["holdRelease"]["errors"]
    assert (error["__typename"], error["path"]) == ("NotFound", ["record"])
    [absent] = (await hold(graph, "house", a_note(graph))).data["holdRelease"]["errors"]
    assert absent == error
    for caller in ("alice", "staff", "admin", "analyst", "parent"):
        assert (await hold(graph, caller, clinic.report)).codes == ["FORBIDDEN"]
    [error] = (await hold(graph, "house", clinic.observation)).data["holdRelease"]["errors"]
    assert "name the report" in error["message"]
    for never in (clinic.secret_note, clinic.wrong_condition):
        [error] = (await hold(graph, "house", never)).data["holdRelease"]["errors"]
        assert error["__typename"] == "InvalidInput"


async def test_versions_are_held_with_their_entry(graph: Graph) -> None:
    report = graph.clinic.report
    row = await Record.get_pymongo_collection().find_one({"_id": report.id})
    await RecordVersion(record_id=report.id, patient_id=report.patient_id, version=0, document=row).insert()
    await hold(graph, "house", report)
    stored = await RecordVersion.get_pymongo_collection().find_one({"record_id": report.id})
    assert stored is not None
    assert stored["document"]["release"]["hold"]["reason"] == "RISK_OF_HARM"


async def test_the_patients_wish_to_wait(graph: Graph) -> None:
    answer = await wish(graph, ["LAB_REPORT"], 3)
    assert answer.data["setResultPreferences"]["patient"] == {"resultPreferences": {"kinds": ["LAB_REPORT"], "days": 3}}
    report, observation = a_report(graph)
    note = a_note(graph)
    await written(graph.context("house"), report, observation, note)
    assert await sees(graph, "alice", report, observation, note) == [False, False, True]
    [waiting] = (await graph.data("alice", WAITING))["viewer"]["patient"]["waitingResults"]
    assert (waiting["kind"], waiting["until"]) == ("LAB_REPORT", days(3).replace("+00:00", "Z"))
    assert report.id not in waiting["id"]
    for caller in ("house", "staff", "bob"):
        refused = await graph.ask(caller, SHOW, input={"waitingResult": waiting["id"]})
        shown = refused.data["showMyResult"]["errors"][0]["code"] if refused.data else refused.codes[0]
        assert shown == ("NOT_FOUND" if caller == "bob" else "FORBIDDEN")
    shown = await graph.data("alice", SHOW, input={"waitingResult": waiting["id"]})
    assert shown["showMyResult"] == {"errors": [], "record": {"id": gid(report)}}
    assert await sees(graph, "alice", report, observation) == [True, True]
    assert await _told(graph) == [note.id, report.id]
    assert (await graph.data("alice", WAITING))["viewer"]["patient"]["waitingResults"] == []
    again = await graph.data("alice", SHOW, input={"waitingResult": waiting["id"]})
    assert again["showMyResult"]["errors"][0]["code"] == "NOT_FOUND"


async def test_a_wish_is_the_patients_alone(graph: Graph) -> None:
    for caller, days_, path in (("alice", 0, ["days"]), ("alice", 31, ["days"]), ("bob", 7, ["patient"])):
        errors = (await wish(graph, ["LAB_REPORT"], days_, caller)).data["setResultPreferences"]["errors"]
        assert [error["path"] for error in errors] == [path]
    for caller in ("house", "staff", "analyst"):
        assert (await wish(graph, [], caller=caller)).codes == ["FORBIDDEN"]
    assert (await graph.data("house", f'{{ node(id: "{gid(graph.clinic.alice)}") {{ id }} }}'))["node"]
    query = "query ($id: ID!) { patient(id: $id) { waitingResults { id } } }"
    held = graph.clinic.held_report  # for RISK_OF_HARM: of that the patient learns nothing
    assert await sees(graph, "alice", held) == [False]
    assert (await graph.data("alice", query, id=gid(graph.clinic.alice)))["patient"]["waitingResults"] == []
    childs = await graph.data("parent", query, id=gid(graph.clinic.child))
    assert childs["patient"]["waitingResults"] == []


async def test_a_hold_made_with_the_entry_and_the_wish_the_longer_one_stands(graph: Graph) -> None:
    await wish(graph, ["LAB_REPORT", "CLINICAL_NOTE"], 5)
    for more, until in ((3, 5), (8, 8)):
        context = graph.context("house")
        note = a_note(graph)
        asked = new_hold(context, ReleaseHoldReason.RISK_OF_HARM, NOON + timedelta(days=more), ["hold", "until"])
        note.release = Release(hold=asked)
        await written(context, note)
        assert note.release.hold is not None
        assert note.release.hold.until == NOON + timedelta(days=until)
    with pytest.raises(Rejected) as rejected:
        new_hold(context, ReleaseHoldReason.STATE_LAW, NOON, ["hold", "until"])
    assert rejected.value.errors[0].path == ["hold", "until"]


async def test_what_a_wish_is_about(graph: Graph) -> None:
    await wish(graph, ["LAB_REPORT"])
    common = {"patient_id": graph.clinic.alice.id, "author_id": graph.clinic.house.id, "code": CodeableConcept(text="x")}
    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    single, weight = (
        Observation(categories=[CodeableConcept(text=code, codings=[Coding(system=category, code=code)])], **common)
        for code in ("laboratory", "vital-signs")
    )
    secret = a_report(graph, confidentiality=Confidentiality.VERY_RESTRICTED)[0]
    await written(graph.context("house"), single, weight, secret, a_note(graph))
    assert [record.release.hold is not None for record in (single, weight, secret)] == [True, False, False]
    assert single.id not in await _told(graph)
    assert weight.id in await _told(graph)
    assert secret.id not in await _told(graph)  # never the patient's to see
