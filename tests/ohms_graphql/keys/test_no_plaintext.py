"""The hunt for plaintext: nothing that `@phi` marks as a person's is readable in the database or its files."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import bson
import pytest
from beanie import BulkWriter
from beanie.odm.utils.encoder import Encoder
from graphql import GraphQLInterfaceType, GraphQLObjectType
from pydantic import BaseModel
from pymongo.errors import WriteError
from pymongo.operations import ReplaceOne

import models
from models.account import Account
from models.base import StoredDocument
from models.patient import Mrn, Patient, PatientLanguage
from models.record import RECORD_KINDS, Record, RecordVersion
from models.secret import PLACES, SecretDate, SecretFault, SecretJson, SecretText, SecretValue
from models.secret_fields import secret_fields
from models.secret_words import SecretWords
from models.values import ContactPoint, ContactSystem, HumanName
from ohms_graphql.app import limits_of
from ohms_graphql.database import Database, open_database
from ohms_graphql.embedded_mongod import embedded_mongod
from ohms_graphql.error_policy import mask_unexpected_errors
from ohms_graphql.keys.plaintext_guard import roots
from ohms_graphql.settings import Settings
from schema import build_schema
from schema.authorization import core_schema, directives_of
from schema.deidentification import Phi, PhiKind
from tests.clinic import Clinic

MARK = "Zq8xWv"
"""Begins every text that must not be found."""

STORED: dict[str, str] = {
    "Appointment.reason": "appointments.reason",
    "Cancellation.reason": "appointments.cancellation.reason",
    "Coverage.groupNumber": "coverages.group_number",
    "Coverage.memberId": "coverages.member_id",
    "Coverage.planName": "coverages.plan_name",
    "Coverage.subscriber": "coverages.subscriber",
    "Coverage.subscriberBirthDate": "coverages.subscriber_birth_date",
    "Immunization.lotNumber": "records.lot_number",
    "Invoice.number": "invoices.number",
    "InvoiceLine.description": "invoices.lines.description",
    "LabReport.conclusion": "records.conclusion",
    "Medication.dosage": "records.dosage",
    "ObservationValue.text": "records.value.text",
    "Patient.address": "patients.address",
    "Patient.birthDate": "patients.birth_date",
    "Patient.contacts": "patients.contacts",
    "Patient.emergencyContacts": "patients.emergency_contacts",
    "Patient.mrn": "patients.mrn",
    "Patient.name": "patients.name",
    "Patient.preferredLanguage": "patients.preferred_language",
    "Payment.failureReason": "payments.failure_reason",
    "ReferenceRange.text": "records.reference_ranges.text",
    "Refund.reason": "payments.refunds.reason",
    "Override.reason": "appointments.override.reason",
    "ResponsibilityStep.label": "invoices.explanation.label",
    "ResponsibilityStep.rule": "invoices.explanation.rule",
}
"""Where each field of the schema that carries `@phi` is encrypted."""

NOT_STORED = {
    "Appointment.series": "an id of ours",
    "Patient.age": "worked out",
}

KEPT_WHOLE = {"record_versions.document": "records", "patient_merges.merged": "patients"}
"""Documents within documents, kept as they were stored: their secrets are still those of their own place."""


@pytest.fixture
async def database(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    async with open_database(mongodb_url, database_name) as database:
        yield database


def test_every_marked_field_is_encrypted_somewhere() -> None:
    """Dates are not: the database orders and selects by them (docs/decisions/0030); but the birth date is."""
    schema = build_schema(limits_of(Settings()), extensions=[], error_policy=mask_unexpected_errors)
    marked = {
        f"{name}.{field_name}": directive.kind
        for name, type_ in core_schema(schema).type_map.items()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        for field_name, field in type_.fields.items()
        for directive in directives_of(field)
        if isinstance(directive, Phi)
    }
    undecided = {name for name, kind in marked.items() if kind is not PhiKind.DATE} - STORED.keys() - NOT_STORED.keys()
    assert not undecided, "where is this encrypted?"
    assert marked.keys() >= STORED.keys() | NOT_STORED.keys()
    assert set(STORED.values()) <= PLACES.keys()


def test_every_place_is_where_its_type_stands() -> None:
    collection = {document: document.Settings.name for document in roots()}  # type: ignore[attr-defined]
    for document in roots():
        for secret in secret_fields(document):
            path = ".".join([collection[document], *(step for step in secret.path if step != "[]")])
            kept = next((place for place in KEPT_WHOLE if path.startswith(place)), None)
            assert secret.kind.place == (path if kept is None else KEPT_WHOLE[kept] + path.removeprefix(kept))


class Marks:
    """A document of every kind, each secret field of it filled with a text that can be told anywhere."""

    def __init__(self) -> None:
        self.count = 0

    def text(self) -> str:
        self.count += 1
        return f"{MARK}{self.count:04d}"

    def value(self, annotation: Any) -> Any:  # noqa: PLR0911
        if annotation is str:
            return self.text()
        arguments = [each for each in get_args(annotation) if each is not type(None)]
        if get_origin(annotation) is list:
            return [self.value(arguments[0])]
        if get_origin(annotation) in (Union, UnionType):
            return self.value(arguments[0])
        if issubclass(annotation, SecretDate):
            return annotation(1904, 12, 31)
        if issubclass(annotation, SecretJson):
            return annotation({"key": self.text(), "resource": {"deep": [self.text()]}})
        if issubclass(annotation, SecretText):
            return annotation(self.text())
        fields = {name: field.annotation for name, field in annotation.model_fields.items()}
        texts = (str, list[str], str | None) if issubclass(annotation, SecretValue) else ()
        given = {name: self.value(each) for name, each in fields.items() if self.is_secret(each) or each in texts}
        return annotation.model_construct(**given)

    def is_secret(self, annotation: Any) -> bool:
        if isinstance(annotation, type) and (annotation in PLACES.values() or issubclass(annotation, SecretWords)):
            return annotation in PLACES.values()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return any(self.is_secret(field.annotation) for field in annotation.model_fields.values())
        return any(self.is_secret(each) for each in get_args(annotation))

    def document(self, kind: type[StoredDocument]) -> dict[str, Any]:
        """As Beanie's encoder stores it."""
        made = {
            name: self.value(field.annotation) for name, field in kind.model_fields.items() if self.is_secret(field.annotation)
        }
        encoder = Encoder(to_db=True, custom_encoders=kind.get_settings().bson_encoders)
        return {"_id": f"{kind.__name__}-marked", **encoder.encode(made)}


async def fill(database: Database) -> int:
    """Stores a marked document of every kind that has secrets; the number of texts."""
    marks = Marks()
    for kind in models.DOCUMENTS:
        if secret_fields(kind) and kind not in {Record, RecordVersion}:
            row = marks.document(kind)
            await kind.get_pymongo_collection().insert_one(
                {**row, "_class_id": f"Record.{kind.__name__}"} if kind in RECORD_KINDS else row
            )
    note = await database.database["records"].find_one({"_id": "ClinicalNote-marked"})
    version = RecordVersion(record_id="r", patient_id="p", version=1, document=note or {})
    await version.insert()
    return marks.count


async def test_no_row_shows_what_it_says(database: Database) -> None:
    assert await fill(database) > 50
    rows = [row for document in roots() async for row in document.get_pymongo_collection().find({})]
    assert len(rows) > 20
    for row in rows:
        raw = bson.encode(row)
        assert MARK.encode() not in raw, row["_id"]
        assert b"1904-12-31" not in raw
    words = {"Smith", "Alice", "alice@clinic.example", "555-0100"}
    clinic = await Clinic().stored()
    assert clinic.alice.name.family
    words |= {clinic.alice.name.family, clinic.alice.mrn, *(account.email for account in clinic.accounts.values())}
    patients = [row async for row in Patient.get_pymongo_collection().find({})]
    accounts = [row async for row in Account.get_pymongo_collection().find({})]
    raw = b"".join(map(bson.encode, [*patients, *accounts]))
    assert not {word for word in words if word.encode() in raw}


@contextmanager
def own_server(folder: Path) -> Iterator[str]:
    with embedded_mongod(folder, throw_away=True) as url:
        yield url


async def test_no_file_of_the_server_shows_it(tmp_path: Path) -> None:
    control = "Control7Kd9"

    async def write(url: str) -> None:
        async with open_database(url, "ohms") as database:
            await fill(database)
            await database.database["unguarded"].insert_one({"text": control})
            await database.client.admin.command("fsync")

    def found(what: str) -> list[str]:
        return [path.name for path in tmp_path.rglob("*") if path.is_file() and what.encode() in path.read_bytes()]

    with own_server(tmp_path) as url:
        await write(url)
        seen, marked = await asyncio.to_thread(found, control), await asyncio.to_thread(found, MARK)
    assert seen, "what is in the clear must be found, or this test finds nothing at all"
    assert not marked


async def test_every_write_road_encrypts(database: Database) -> None:
    person = Patient(mrn="M1", name=HumanName(family="Winter"), preferred_language=MARK)
    rows = Patient.get_pymongo_collection()

    async def check(road: str, text: str) -> None:
        row = await rows.find_one({"_id": person.id})
        assert row is not None
        assert isinstance(row["preferred_language"], bytes), road
        read = await Patient.get(person.id)
        assert read is not None
        assert read.preferred_language == text, road

    await person.insert()
    await check("insert", MARK)
    person.preferred_language = PatientLanguage(f"{MARK}2")
    await person.save()
    await check("save", f"{MARK}2")
    await person.set({Patient.preferred_language: PatientLanguage(f"{MARK}3")})
    await check("set", f"{MARK}3")
    person.preferred_language = PatientLanguage(f"{MARK}4")
    await person.replace()
    await check("replace", f"{MARK}4")
    await Patient.find_one({"_id": person.id}).update({"$set": {"preferred_language": PatientLanguage(f"{MARK}5")}})
    await check("update", f"{MARK}5")
    await Patient.find({"_id": person.id}).update_many({"$set": {"preferred_language": PatientLanguage(f"{MARK}6")}})
    await check("update many", f"{MARK}6")
    await Patient.find_one({"_id": person.id}).upsert(
        {"$set": {"preferred_language": PatientLanguage(f"{MARK}7")}}, on_insert=person
    )
    await check("upsert", f"{MARK}7")
    await Patient.delete_all()
    await Patient.insert_many([person])
    await check("insert many", f"{MARK}4")
    async with BulkWriter() as bulk:
        await person.set({Patient.preferred_language: PatientLanguage(f"{MARK}8")}, bulk_writer=bulk)
    await check("bulk", f"{MARK}8")


@pytest.mark.parametrize(
    "plain",
    [
        {"mrn": "M1"},
        {"name": {"family": "Winter"}},
        {"name.family": "Winter"},
        {"birth_date": "1980-02-29"},
        {"contacts": [{"system": "EMAIL", "value": "a@b.example"}]},
        {"contacts.0.value": "a@b.example"},
        {"proxies": [{"email": "a@b.example"}]},
        {"extensions": {"note": "x"}},
        {"source": {"content": {"resource": {}}}},
    ],
    ids=lambda plain: next(iter(plain)),
)
async def test_the_database_refuses_what_is_not_encrypted(database: Database, plain: dict[str, Any]) -> None:
    contact = ContactPoint(system=ContactSystem.EMAIL, value="c@d.example")
    patient = Patient(mrn="M2", name=HumanName(family="Summer"), contacts=[contact], birth_date=date(1980, 1, 1))
    await patient.insert()
    with pytest.raises(WriteError):
        await Patient.get_pymongo_collection().update_one({"_id": patient.id}, {"$set": plain})
    again = await Patient.get(patient.id)
    assert again is not None
    assert (again.name.family, again.contacts[0].value) == ("Summer", "c@d.example")


async def extensions_of(patient_id: str) -> Any:
    """What is opened late is a fault late."""
    found = await Patient.get(patient_id)
    assert found is not None
    return found.extensions.plain


async def test_a_value_that_was_put_elsewhere_is_a_fault(database: Database) -> None:
    for number in (1, 2):
        await Patient(mrn=f"M{number}", name=HumanName(family="Winter")).insert()
    rows = Patient.get_pymongo_collection()
    first = await rows.find_one({"mrn": Mrn.lookup("M1")})
    assert first is not None
    for field, value in (("extensions", first["name"]), ("name", first["mrn"]), ("name", first["name"][:-1] + b"x")):
        await rows.update_one({"_id": first["_id"]}, {"$set": {**first, field: value}})
        with pytest.raises(SecretFault, match=rf"patients\.{field}"):
            await extensions_of(first["_id"])
    await rows.bulk_write([ReplaceOne({"_id": first["_id"]}, first)])
    assert (await Patient.find({}).to_list())[0].name.family == "Winter"


def test_a_ring_is_handed_in_or_nothing_is_read() -> None:
    code = "from models.patient import PatientName\nPatientName(family='x').sealed"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "no key ring was handed in" in done.stderr
