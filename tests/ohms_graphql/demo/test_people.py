"""Who is in the demo: nobody real, everybody plausible, all of them connected."""

import re
from collections import Counter
from datetime import UTC, datetime, time
from typing import Any

from argon2 import PasswordHasher

from models.account import Account, AccountStatus
from models.npi import npi_is_valid
from models.organization import Organization
from models.patient import Patient, ProxyRelationship
from models.provider import Provider
from models.record import Record
from models.role import Role
from models.values import ContactPoint, ContactSystem
from models.visit_type import VisitMode, VisitType
from ohms_graphql.demo.cast import PASSWORD, SHOWCASE_PATIENT_ID, SHOWCASE_PROVIDER_ID, SIGN_INS, sign_ins
from ohms_graphql.demo.data.codes import NUCC, SNOMED
from ohms_graphql.demo.households import years_later
from tests.ohms_graphql.demo.documents import Documents

FICTIONAL_PHONE = re.compile(r"\+1\d{3}55501\d\d")
FICTIONAL_EMAIL = re.compile(r"[a-z0-9.]+@(example\.org|ohms\.example)")


def test_every_id_is_once_and_every_reference_resolves(demo: Documents) -> None:
    ids = Counter(
        ("Record" if isinstance(document, Record) else type(document).__name__, document.id) for document in demo.everything
    )
    assert max(ids.values()) == 1
    known = {document.id for document in demo.everything}
    for document in demo.everything:
        references = set(_references(document.model_dump(exclude={"document"})))
        assert references <= known, type(document).__name__


def _references(fields: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for name, value in fields.items():
        if name.endswith("_id") and name not in {"member_id", "revision_id"} and value:
            found.append(value)
        elif name.endswith("_ids") or name == "treated_by":
            found += value
        elif isinstance(value, dict):
            found += _references(value)
        elif isinstance(value, list):
            found += [reference for item in value if isinstance(item, dict) for reference in _references(item)]
    return found


def test_twelve_providers_in_three_time_zones_can_be_booked_for_something(demo: Documents) -> None:
    providers = demo.of(Provider)
    types = demo.by_id(VisitType)
    assert len(providers) == 12
    assert {provider.time_zone for provider in providers} == {"America/New_York", "America/Chicago", "America/Los_Angeles"}
    assert {mode for kind in types.values() for mode in kind.modes} == set(VisitMode)
    for provider in providers:
        assert npi_is_valid(provider.npi)
        assert provider.npi.startswith("2"), "numbers that begin with 1 have been given to people"
        assert {coding.system for concept in provider.specialties for coding in concept.codings} == {SNOMED, NUCC}
        assert provider.credentials
        assert provider.biography
        weekly = provider.availability.weekly
        assert weekly
        assert {kind for hours in weekly for kind in hours.visit_type_ids} == set(provider.visit_type_ids)
        assert provider.availability.exceptions
    assert len({provider.npi for provider in providers}) == 12
    assert any(not provider.accepting_new_patients for provider in providers)


def test_two_hundred_patients_from_infants_to_over_ninety(demo: Documents) -> None:
    patients = demo.of(Patient)
    today = demo.anchor.date()
    ages = [(today - patient.birth_date).days / 365.25 for patient in patients if patient.birth_date]
    assert len(patients) == len(ages) == 200
    assert 0 < min(ages) < 1
    assert sum(age >= 90 for age in ages) >= 5
    assert sum(age < 18 for age in ages) >= 50
    assert len({patient.mrn for patient in patients}) == 200
    assert len({patient.name.text for patient in patients}) == 200
    assert any(not patient.name.text.isascii() for patient in patients)
    assert len({patient.preferred_language for patient in patients}) >= 6
    assert all(patient.care_team and patient.emergency_contacts and patient.address for patient in patients)
    assert all(
        datetime.combine(patient.birth_date or today, time(), UTC) <= patient.created_at < demo.anchor for patient in patients
    )


def test_no_telephone_and_no_address_can_be_anybodys(demo: Documents) -> None:
    people: list[Patient | Provider | Organization] = [*demo.of(Patient), *demo.of(Provider), *demo.of(Organization)]
    contacts: list[ContactPoint] = [contact for person in people for contact in person.contacts]
    phones = [contact.value for contact in contacts if contact.system is ContactSystem.PHONE]
    phones += [contact.phone for patient in demo.of(Patient) for contact in patient.emergency_contacts]
    emails = [contact.value for contact in contacts if contact.system is ContactSystem.EMAIL]
    emails += [account.email for account in demo.of(Account)]
    assert all(FICTIONAL_PHONE.fullmatch(phone) for phone in phones)
    assert all(FICTIONAL_EMAIL.fullmatch(email) for email in emails)
    assert len(emails) > 150


def test_every_minor_has_a_parent_who_may_act_until_the_eighteenth_birthday(demo: Documents) -> None:
    accounts, patients = demo.by_id(Account), demo.by_id(Patient)
    minors = [
        patient
        for patient in patients.values()
        if patient.birth_date and years_later(patient.birth_date, 18) > demo.anchor.date()
    ]
    assert len(minors) == 52
    for minor in minors:
        (proxy,) = minor.proxies
        assert proxy.relationship is ProxyRelationship.PARENT
        assert minor.birth_date is not None
        assert proxy.period.end == datetime.combine(years_later(minor.birth_date, 18), time(), UTC)
        assert proxy.period.contains(demo.anchor)
        parent = patients[accounts[proxy.account_id or ""].patient_id or ""]
        assert parent.birth_date is not None
        assert years_later(parent.birth_date, 18) <= minor.birth_date
        assert parent.name.family == minor.name.family


def test_a_caregiver_helps_somebody_and_no_longer_somebody_else(demo: Documents) -> None:
    helped = [
        patient for patient in demo.of(Patient) for proxy in patient.proxies if proxy.relationship is not ProxyRelationship.PARENT
    ]
    periods = [proxy.period.contains(demo.anchor) for patient in helped for proxy in patient.proxies]
    assert sorted(periods) == [False, True]


def test_each_role_can_sign_in_with_the_password_that_is_told(march: Documents) -> None:
    accounts: dict[str, Account] = {account.email: account for account in march.of(Account)}
    assert {role for role, _, _ in sign_ins()} == {role.value for role in Role}
    for role, email, password in sign_ins():
        assert Role(role) in accounts[email].roles
        assert password == PASSWORD
    assert {person.email for person in SIGN_INS} <= accounts.keys()
    assert {account.status for account in accounts.values()} == {AccountStatus.ACTIVE}
    hashes = {account.password_hash for account in accounts.values()}
    assert len(hashes) == 1
    assert PasswordHasher().verify(hashes.pop() or "", PASSWORD)
    assert accounts["patient@ohms.example"].patient_id == SHOWCASE_PATIENT_ID
    assert accounts["provider@ohms.example"].provider_id == SHOWCASE_PROVIDER_ID
    assert {account.provider_id for account in accounts.values()} >= {provider.id for provider in march.of(Provider)}
