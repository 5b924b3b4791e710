"""The policy on the mock: who sees which rows, and that nobody sees any without a rule."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

import models
from models.appointment import Appointment, ScheduleEvent
from models.base import StoredDocument
from models.coverage import Coverage, EligibilityCheck
from models.idempotency import IdempotencyRecord
from models.invoice import Invoice, Payment
from models.patient import Patient
from models.record import Record, RecordVersion
from models.registration import Registration
from models.role import Role
from models.throttle import Throttle
from resolvers.access import Access
from resolvers.loaders import Loaders
from resolvers.majority import Majority
from resolvers.policy import NOTHING, RULES, restrict, rules_for
from resolvers.policy.clinical import INSURANCE_CARDS
from resolvers.principal import ANONYMOUS, Principal, principal_of
from tests.clinic import NOON, Clinic
from tests.mock_database import bind_to_mock


@pytest.fixture
async def clinic() -> Clinic:
    await bind_to_mock()
    return await Clinic().stored()


async def _patients(clinic: Clinic, caller: str) -> set[str]:
    access = Access(principal_of(clinic.accounts[caller]), NOON)
    return {patient.id for patient in await Patient.find(await restrict(Patient, access, {})).to_list()}


@pytest.mark.parametrize(
    ("caller", "seen"),
    [
        ("alice", {"alice"}),
        ("bob", {"bob"}),
        ("parent", {"child"}),
        ("house", {"alice"}),
        ("stranger", {"bob"}),
        ("staff", {"alice", "bob", "child"}),
        ("admin", set()),
        ("analyst", set()),
    ],
)
async def test_each_caller_sees_their_own_patients(clinic: Clinic, caller: str, seen: set[str]) -> None:
    assert await _patients(clinic, caller) == {getattr(clinic, name).id for name in seen}


async def test_a_proxys_right_ends_with_its_period(clinic: Clinic) -> None:
    rows = Patient.get_pymongo_collection()
    await rows.update_one({"_id": clinic.child.id}, {"$set": {"proxies.0.period": {"start": None, "end": NOON}}})
    assert await _patients(clinic, "parent") == set()


@pytest.mark.parametrize("document", models.DOCUMENTS, ids=lambda document: document.__name__)
async def test_nobody_sees_anything_of_anything(document: type[StoredDocument]) -> None:
    assert await restrict(document, Access(ANONYMOUS, NOON), {}) == NOTHING


@pytest.mark.parametrize("document", [IdempotencyRecord, Registration, Throttle], ids=lambda d: d.__name__)
async def test_no_role_reads_internal_documents(document: type[StoredDocument]) -> None:
    everyone = Principal(account_id="a", roles=frozenset(Role), patient_id="p", provider_id="d")
    assert await restrict(document, Access(everyone, NOON), {}) == NOTHING


async def test_roles_add_up(clinic: Clinic) -> None:
    both = Principal(
        account_id="a",
        roles=frozenset({Role.PATIENT, Role.PROVIDER}),
        patient_id=clinic.bob.id,
        provider_id=clinic.house.id,
    )
    seen = await Patient.find(await restrict(Patient, Access(both, NOON), {})).to_list()
    assert {patient.id for patient in seen} == {clinic.alice.id, clinic.bob.id}


async def test_a_loader_answers_in_the_order_of_its_keys_with_none_for_what_is_hidden(clinic: Clinic) -> None:
    loaders = Loaders(Access(principal_of(clinic.accounts["house"]), NOON), "USD")
    keys = [clinic.bob.id, clinic.alice.id, "0" * 26, clinic.alice.id]
    found = await loaders.patients.batch_load_fn(keys)
    assert [patient and patient.id for patient in found] == [None, clinic.alice.id, None, clinic.alice.id]


PATIENT_DATA = [Appointment, Coverage, EligibilityCheck, Invoice, Patient, Payment, Record, RecordVersion, ScheduleEvent]
CHARTS = [Record, RecordVersion]


async def _born(clinic: Clinic, born: date | None) -> None:
    value = None if born is None else born.isoformat()
    await Patient.get_pymongo_collection().update_one({"_id": clinic.child.id}, {"$set": {"birth_date": value}})


async def test_a_right_by_parenthood_ends_when_the_child_comes_of_age(clinic: Clinic) -> None:
    today = NOON.date()
    for born, seen in [
        (today.replace(year=today.year - 18) + timedelta(days=1), {clinic.child.id}),
        (today.replace(year=today.year - 18), set()),
        (None, set()),
    ]:
        await _born(clinic, born)
        assert await _patients(clinic, "parent") == seen, born


async def test_the_age_of_majority_is_a_setting(clinic: Clinic) -> None:
    await _born(clinic, date(NOON.year - 19, 1, 1))
    access = Access(principal_of(clinic.accounts["parent"]), NOON, Majority(years=21))
    assert await access.proxied() == [clinic.child.id]
    assert await Access(principal_of(clinic.accounts["parent"]), NOON).proxied() == []


async def test_a_guardian_may_act_for_an_adult(clinic: Clinic) -> None:
    await _born(clinic, date(1950, 1, 1))
    rows = Patient.get_pymongo_collection()
    await rows.update_one({"_id": clinic.child.id}, {"$set": {"proxies.0.relationship": "GUARDIAN"}})
    assert await _patients(clinic, "parent") == {clinic.child.id}


async def test_a_proxy_with_an_empty_scope_sees_the_patient_and_nothing_else(clinic: Clinic) -> None:
    rows = Patient.get_pymongo_collection()
    await rows.update_one({"_id": clinic.child.id}, {"$set": {"proxies.0.scope": []}})
    access = Access(principal_of(clinic.accounts["parent"]), NOON)
    for document in PATIENT_DATA:
        found = await restrict(document, access, {})
        assert (found == NOTHING) is (document is not Patient), document.__name__


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
@pytest.mark.parametrize("document", CHARTS, ids=lambda document: document.__name__)
async def test_charts_are_not_for_staff_or_administrators(document: type[StoredDocument], role: Role) -> None:
    caller = Principal(account_id="a", roles=frozenset({role}), patient_id="p", provider_id="d")
    cards_only = role is Role.STAFF and document is Record
    assert await restrict(document, Access(caller, NOON), {}) == (INSURANCE_CARDS if cards_only else NOTHING)


@pytest.mark.parametrize("document", PATIENT_DATA, ids=lambda document: document.__name__)
async def test_administrators_see_no_patient_data(document: type[StoredDocument]) -> None:
    caller = Principal(account_id="a", roles=frozenset({Role.ADMIN}), patient_id="p", provider_id="d")
    assert await restrict(document, Access(caller, NOON), {}) == NOTHING


async def test_a_link_without_its_role_gives_nothing(clinic: Clinic) -> None:
    """An account that is no longer a provider, or no longer a patient, keeps its links and loses its rights."""
    for role in (Role.ADMIN, Role.ANALYST):
        caller = Principal(
            account_id=clinic.accounts["parent"].id,
            roles=frozenset({role}),
            patient_id=clinic.alice.id,
            provider_id=clinic.house.id,
        )
        access = Access(caller, NOON)
        assert (access.own, await access.proxied()) == ([], [])


async def test_a_role_without_its_link_gives_nothing(clinic: Clinic) -> None:
    caller = Principal(account_id="a", roles=frozenset({Role.PATIENT, Role.PROVIDER}))
    for document in PATIENT_DATA:
        assert await restrict(document, Access(caller, NOON), {}) == NOTHING, document.__name__


def test_every_rule_has_a_name_and_words_of_its_own() -> None:
    """What ``docs/permissions.md`` and ``explainAccess`` tell people."""
    for document, rules in RULES.items():
        names = [rule.name for rule in rules]
        assert len(names) == len(set(names)), document.__name__
        for rule in rules:
            assert rule.roles, (document.__name__, rule.name)
            assert rule.why.endswith("."), (document.__name__, rule.name)


def test_a_kind_of_record_has_the_rules_of_records() -> None:
    for kind in models.DOCUMENTS:
        if issubclass(kind, Record):
            assert rules_for(kind) is RULES[Record]


async def test_what_all_rules_ask_for_stands_in_front_where_the_planner_sees_it(clinic: Clinic) -> None:
    access = Access(principal_of(clinic.accounts["house"]), NOON)
    visible = await restrict(Record, access, {"author_id": "somebody"})
    assert visible["patient_id"] == {"$in": await access.under_care()}
    assert all("patient_id" not in alternative for alternative in visible["$or"])


async def test_behind_glass_the_panel_is_still_named_once(clinic: Clinic) -> None:
    access = Access(principal_of(clinic.accounts["house"]), NOON)
    access.glass_was_broken(clinic.bob.id, "grant")
    under_care, behind_glass = (await restrict(Record, access, {}))["$or"]
    assert under_care["patient_id"] == {"$in": await access.under_care()}
    assert len(under_care["$or"]) == 2
    assert behind_glass["patient_id"] == clinic.bob.id


async def test_rules_that_have_operators_in_common_stay_apart(clinic: Clinic) -> None:
    caller = replace(principal_of(clinic.accounts["parent"]), patient_id=clinic.bob.id)
    visible = await restrict(Record, Access(caller, NOON), {})
    assert "$or" in visible
    own, proxied = visible["$or"]
    assert own["$or"] == proxied["$or"]
    assert {own["patient_id"], proxied["patient_id"]} == {clinic.bob.id, clinic.child.id}


async def test_a_rule_that_gives_all_that_another_gives_is_enough(clinic: Clinic) -> None:
    assert await restrict(Patient, Access(principal_of(clinic.accounts["staff"]), NOON), {}) == {}
