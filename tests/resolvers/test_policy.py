"""The policy on the mock: who sees which rows, and that nobody sees any without a rule."""

import pytest

import models
from models.base import StoredDocument
from models.idempotency import IdempotencyRecord
from models.patient import Patient
from models.registration import Registration
from models.role import Role
from models.throttle import Throttle
from resolvers.access import Access
from resolvers.loaders import Loaders
from resolvers.policy import NOTHING, restrict
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
