"""Merging two patients moves everything and forgets nothing; undoing it leaves every byte as it was."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import DOCUMENTS
from models.account import Account
from models.appointment import Appointment, AppointmentStatus
from models.patient import Patient, Proxy, ProxyRelationship
from models.patient_merge import PatientMerge
from models.record import Procedure, RecordVersion
from models.role import Role
from models.values import CodeableConcept, HumanName, Period
from ohms_graphql.database import Database
from resolvers.context import RequestContext, open_context
from resolvers.patient_merge.clashes import AccountOf
from resolvers.patient_merge.late import gather_recent
from resolvers.patient_merge.merge import MergeWish, merge_patients
from resolvers.patient_merge.moving import named
from resolvers.patient_merge.places import ALSO_THERE, NEVER_MOVED, SET_ASIDE, moved_documents
from resolvers.patient_merge.unmerge import unmerge_patients
from resolvers.principal import Principal
from resolvers.user_errors import Rejected
from tests.clinic import NOON, plain_ports
from tests.resolvers.patient_merge.duplicates import Two, differences, emptied, kinds_with_patient, naming, snapshot


@pytest.fixture
def context(database: Database) -> RequestContext:
    principal = Principal(account_id="0" * 26, roles=frozenset({Role.STAFF}))
    return open_context(principal, plain_ports(database.transaction))


async def _merge(context: RequestContext, two: Two, **more: Any) -> PatientMerge:
    wish = MergeWish(keep_id=two.kept.id, merge_id=two.merged.id, reason="The same person", **more)
    return await merge_patients(context, wish, None)


async def _codes(work: Awaitable[Any]) -> list[str]:
    with pytest.raises(Rejected) as refused:
        await work
    return [error.code for error in refused.value.errors]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.integers(0, 10**6))
async def test_a_merge_leaves_no_trace_of_the_id_and_its_undoing_none_of_the_merge(context: RequestContext, seed: int) -> None:
    await emptied()
    two = await Two(seed).stored()
    before = await snapshot()
    merge = await _merge(context, two)
    during = await snapshot()
    assert naming(two.merged.id, during) == []
    assert kinds_with_patient(two) <= {name for name, rows in during.items() if rows != before[name]}
    assert await PatientMerge.find_one({"merged._id": two.merged.id}) is not None
    await unmerge_patients(context, merge.id, "Two persons after all", None)
    assert differences(before, await snapshot()) == []


async def test_every_document_that_names_a_patient_is_moved_or_left_for_a_reason(database: Database) -> None:
    moved = {document.get_collection_name() for document in moved_documents()}
    for document in DOCUMENTS:
        fields = {name for name in document.model_fields if "patient_id" in name}
        if document not in NEVER_MOVED:
            assert fields <= {"patient_id"}, f"{document.__name__}: say in resolvers.patient_merge.places how these move"
            assert not fields or document.get_collection_name() in moved
    assert set(ALSO_THERE) | set(SET_ASIDE) <= set(DOCUMENTS)


async def test_what_is_moved_is_found_through_an_index(database: Database) -> None:
    for document in moved_documents():
        explained = await document.get_pymongo_collection().find(named("x")).explain()
        assert "COLLSCAN" not in repr(explained["queryPlanner"]["winningPlan"]), document.__name__


async def test_what_comes_after_the_merge_stays_and_what_is_about_the_moved_goes(context: RequestContext) -> None:
    two = await Two(7).stored()
    merge = await _merge(context, two)
    moved = await Appointment.find_one({"patient_id": two.kept.id, "_id": {"$in": _ids(two, Appointment)}})
    assert moved is not None
    await moved.set({Appointment.status: AppointmentStatus.CANCELLED})
    about = Procedure(code=CodeableConcept(text="Found since"), patient_id=two.kept.id, appointment_id=moved.id)
    other = Procedure(code=CodeableConcept(text="Of the kept one"), patient_id=two.kept.id)
    version = RecordVersion(record_id=about.id, patient_id=two.kept.id, version=1, document={"patient_id": two.kept.id})
    for document in (about, other, version):
        await document.insert()
    await unmerge_patients(context, merge.id, "Two persons", None)
    gone_back = await Appointment.get(moved.id)
    assert gone_back is not None
    assert (gone_back.patient_id, gone_back.status) == (two.merged.id, AppointmentStatus.CANCELLED)
    owners = [(await Procedure.get(each.id)).patient_id for each in (about, other)]  # type: ignore[union-attr]
    assert owners == [two.merged.id, two.kept.id]
    kept = await RecordVersion.get(version.id)
    assert kept is not None
    assert (kept.patient_id, kept.document["patient_id"]) == (two.merged.id, two.merged.id)


async def test_a_right_that_ended_meanwhile_stays_ended(context: RequestContext) -> None:
    two = Two(3)
    two.merged.proxies = [Proxy(email="carer@x.example", relationship=ProxyRelationship.CAREGIVER)]
    await two.stored()
    merge = await _merge(context, two)
    kept = await Patient.get(two.kept.id)
    assert kept is not None
    ended = [proxy.model_copy(update={"period": Period(end=NOON)}) for proxy in kept.proxies]
    await kept.set({Patient.proxies: ended, Patient.care_team: []})
    await unmerge_patients(context, merge.id, "Two persons", None)
    back = await Patient.get(two.merged.id)
    assert back is not None
    assert [proxy.period.end for proxy in back.proxies] == [NOON]
    assert back.care_team == []


async def test_undoing_twice_and_out_of_turn_is_a_conflict(context: RequestContext) -> None:
    two = await Two(11).stored()
    third = await Patient(mrn="MThird", name=HumanName(family="Third")).insert()
    before = await snapshot()
    first = await _merge(context, two)
    later = await merge_patients(context, MergeWish(keep_id=third.id, merge_id=two.kept.id, reason="Same"), None)
    moved = await PatientMerge.get(first.id)
    assert moved is not None
    assert moved.patient_id == third.id
    assert await _codes(unmerge_patients(context, first.id, "Wrong", None)) == ["LATER_MERGE"]
    await unmerge_patients(context, later.id, "Wrong", None)
    await unmerge_patients(context, first.id, "Wrong", None)
    assert differences(before, await snapshot()) == []
    assert await _codes(unmerge_patients(context, first.id, "Wrong", None)) == ["CONFLICT"]
    assert await _codes(unmerge_patients(context, "0" * 26, "Wrong", None)) == ["NOT_FOUND"]


async def test_visits_at_the_same_time_are_named_and_nothing_is_written(context: RequestContext) -> None:
    two = Two(5)
    start = NOON + timedelta(days=3, hours=9)
    for patient in (two.kept, two.merged):
        visit = Appointment(
            status=AppointmentStatus.BOOKED,
            start=start,
            end=start + timedelta(minutes=30),
            time_zone="UTC",
            patient_id=patient.id,
            provider_id="P",
        )
        two.take(patient, visit)
    await two.stored()
    before = await snapshot()
    with pytest.raises(Rejected) as refused:
        await _merge(context, two)
    error: Any = refused.value.errors[0]
    assert (error.code, [(span.start, span.end) for span in error.periods]) == (
        "OVERLAPPING_VISITS",
        [(start, start + timedelta(minutes=30))],
    )
    assert differences(before, await snapshot()) == []


async def test_of_two_accounts_one_is_chosen_and_the_other_comes_back(context: RequestContext) -> None:
    two = Two(21)
    two.everything.append(Account(email="kept@x.example", roles=[Role.PATIENT], patient_id=two.kept.id))
    await two.stored()
    assert await _codes(_merge(context, two)) == ["BOTH_HAVE_ACCOUNTS"]
    before = await snapshot()
    merge = await _merge(context, two, account_of=AccountOf.MERGE)
    linked = await Account.find({"patient_id": two.kept.id}).to_list()
    assert [account.email for account in linked] == ["merged21@x.example"]
    await unmerge_patients(context, merge.id, "Two persons", None)
    assert differences(before, await snapshot()) == []


async def test_what_was_written_at_the_same_time_follows(context: RequestContext) -> None:
    two = await Two(33).stored()
    merge = await _merge(context, two)
    late = Procedure(code=CodeableConcept(text="Late"), patient_id=two.merged.id)
    await late.insert()
    assert await gather_recent(context) == 1
    assert await gather_recent(context) == 0
    found = await Procedure.get(late.id)
    assert found is not None
    assert found.patient_id == two.kept.id
    await unmerge_patients(context, merge.id, "Two persons", None)
    found = await Procedure.get(late.id)
    assert found is not None
    assert found.patient_id == two.merged.id


async def test_of_racers_one_merges_whichever_way(context: RequestContext) -> None:
    two = await Two(55).stored()
    back = MergeWish(keep_id=two.merged.id, merge_id=two.kept.id, reason="The same person")
    races = [_merge(context, two), merge_patients(_like(context), back, None), _merge(_like(context), two)]
    answers = await asyncio.gather(*races, return_exceptions=True)
    assert sum(isinstance(answer, PatientMerge) for answer in answers) == 1
    assert sum(isinstance(answer, Rejected) for answer in answers) == 2
    assert await Patient.count() == 1


async def test_a_patient_too_large_to_move_is_refused(context: RequestContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.patient_merge.moving.MOST", 3)
    two = await Two(66).stored()
    before = await snapshot()
    assert await _codes(_merge(context, two)) == ["TOO_LARGE"]
    assert differences(before, await snapshot()) == []


async def test_what_both_wait_for_is_said_first(context: RequestContext) -> None:
    two = Two(77)
    wish = {"status": AppointmentStatus.WAITLISTED, "time_zone": "UTC", "provider_id": "P", "visit_type_id": "V"}
    two.everything += [Appointment(patient_id=patient.id, **wish) for patient in (two.kept, two.merged)]
    await two.stored()
    assert await _codes(_merge(context, two)) == ["BOTH_WAITING"]


async def test_a_thousand_records_move_in_one_transaction(context: RequestContext) -> None:
    """The embedded server ends a transaction after ten seconds; this one takes about one."""
    two = await Two(44).stored()
    text = CodeableConcept(text="Blood pressure")
    await Procedure.insert_many([Procedure(code=text, patient_id=two.merged.id) for _ in range(1000)])
    merge = await _merge(context, two)
    assert await Procedure.find({"patient_id": two.merged.id}).count() == 0
    await unmerge_patients(context, merge.id, "Two persons", None)
    assert await Procedure.find({"patient_id": two.merged.id}).count() >= 1000


def _like(context: RequestContext) -> RequestContext:
    return open_context(context.principal, context.ports)


def _ids(two: Two, kind: type[Any]) -> list[str]:
    return [each.id for each in two.everything if isinstance(each, kind) and each.patient_id == two.merged.id]
