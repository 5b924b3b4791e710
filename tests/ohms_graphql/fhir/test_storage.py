"""What the importer writes is what Beanie would write."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import bson
import pytest
from beanie.odm.utils.dump import get_dict

import models
from models.base import StoredDocument
from models.money import Money
from models.patient import Patient
from models.record import Observation, ObservationValue, Record
from models.source import new_source
from models.stored_key_ring import StoredKeyRing
from models.values import CodeableConcept, HumanName, Quantity
from ohms_graphql.database import Database
from ohms_graphql.fhir.storage import encoded, exact
from tests.ohms_graphql.fhir import sample
from tests.ohms_graphql.fhir.conftest import Importer
from tests.opened import opened

SOURCE = new_source("s", "Patient/1", "d", {"id": "1", "list": [{"deep": Decimal("1.50")}]})


def plain(raw: dict[str, Any]) -> dict[str, Any]:
    """As it comes back from the database."""
    options = bson.CodecOptions[dict[str, Any]](tz_aware=True)
    return bson.decode(bson.encode(raw), options)


@pytest.mark.usefixtures("database")
def test_odd_values_are_stored_as_by_beanie() -> None:
    patient = Patient(
        id="P",
        mrn="1",
        name=HumanName(family="Ö", unknown={"a": [Decimal("1.0"), date(2020, 1, 2)]}),
        birth_date=date(2000, 2, 29),
        extensions={"n": Decimal("2.50"), "t": datetime(2020, 1, 1, tzinfo=UTC), "set": (1, None, True, 2.5)},
        source=SOURCE,
        later_field=[Money(minor_units=5), (1, None, True, 2.5, b"x")],
    )
    observation = Observation(
        code=CodeableConcept(text="x"),
        patient_id="P",
        value=ObservationValue(quantity=Quantity(value=Decimal("1.0"))),
        source=SOURCE,
    )
    for document, root in ((patient, Patient), (observation, Record)):
        ours, beanies = encoded(document), get_dict(document, to_db=True)
        assert opened(root, plain(with_decimals(ours))) == opened(root, plain(beanies))


async def test_every_imported_document_is_stored_as_by_beanie(imported: Importer, tmp_path: Path, database: Database) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    seen: set[type[StoredDocument]] = set()
    for document in models.DOCUMENTS:
        if document is not Record and issubclass(document, Record):
            continue
        for found in await document.find({}, with_children=document is Record).to_list():
            stored = await database.database[document.Settings.name].find_one({"_id": found.id})  # type: ignore[attr-defined]
            ours, beanies = encoded(found), get_dict(found, to_db=True)
            assert stored is not None
            there = opened(document, stored)
            assert there == opened(document, plain(beanies))
            assert there == opened(document, plain(with_decimals(ours)))
            seen.add(type(found))
    assert len(seen - {StoredKeyRing}) == 17


def with_decimals(value: Any) -> Any:
    """As the importer's collections encode them."""
    match value:
        case Decimal():
            return bson.Decimal128(value)
        case dict():
            return {name: with_decimals(item) for name, item in value.items()}
        case list():
            return [with_decimals(item) for item in value]
        case _:
            return value


@pytest.mark.usefixtures("database")
async def test_decimals_keep_their_digits_both_ways() -> None:
    values = [Decimal(text) for text in ("1.0", "1.00", "1", "-0.10", "1E+3", "0.000001", "1" * 34)]
    await exact(Patient).insert_one({"_id": "P", "values": values})
    stored = await exact(Patient).find_one({"_id": "P"})
    assert stored is not None
    assert [str(value) for value in stored["values"]] == [str(value) for value in values]
