"""A visit with a security label keeps its level, and so does what is billed for it, whichever comes first."""

from pathlib import Path

import pytest

from models.appointment import Appointment
from models.confidentiality import Confidentiality
from models.invoice import Invoice, Payment
from tests.ohms_graphql.fhir import sample
from tests.ohms_graphql.fhir.conftest import Importer, Writes
from tests.ohms_graphql.fhir.test_sample_import import id_of

RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
VERY = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}]}


async def _levels() -> tuple[Confidentiality, Confidentiality, Confidentiality]:
    visit, invoice, payment = await Appointment.find_one({}), await Invoice.find_one({}), await Payment.find_one({})
    assert visit is not None
    assert invoice is not None
    assert payment is not None
    return visit.confidentiality, invoice.confidentiality, payment.confidentiality


def _people() -> list[sample.Resource]:
    return [resource for resource in sample.base() if resource["resourceType"] != "Encounter"]


@pytest.mark.parametrize(("label", "level"), [(RESTRICTED, Confidentiality.RESTRICTED), (VERY, Confidentiality.VERY_RESTRICTED)])
async def test_a_label_on_the_visit_reaches_invoice_and_payment(
    imported: Importer, tmp_path: Path, label: dict[str, object], level: Confidentiality
) -> None:
    visit = sample.encounter(meta=label)
    await imported(sample.put(tmp_path / "all.json", *_people(), visit, sample.claim(), sample.benefit()))
    assert await _levels() == (level, level, level)


async def test_without_a_label_all_are_ordinary(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.base(), sample.claim(), sample.benefit()))
    assert await _levels() == (Confidentiality.NORMAL,) * 3


async def test_a_label_on_the_claim_alone_is_the_invoices(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.base(), sample.claim(meta=RESTRICTED), sample.benefit()))
    assert await _levels() == (Confidentiality.NORMAL, Confidentiality.RESTRICTED, Confidentiality.RESTRICTED)


async def test_a_bill_that_comes_later_is_as_close_as_its_visit(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *_people(), sample.encounter(meta=RESTRICTED)))
    await imported(sample.put(tmp_path / "b.json", sample.claim(), sample.benefit()))
    assert await _levels() == (Confidentiality.RESTRICTED,) * 3


async def test_a_label_that_comes_later_reaches_what_was_billed(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base(), sample.claim(), sample.benefit()))
    await imported(sample.put(tmp_path / "b.json", sample.encounter(meta=RESTRICTED)))
    assert await _levels() == (Confidentiality.RESTRICTED,) * 3


async def test_a_label_set_by_the_clinic_is_not_taken_off(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base()))
    rows = Appointment.get_pymongo_collection()
    await rows.update_one({"_id": id_of("Encounter/visit")}, {"$set": {"confidentiality": "RESTRICTED"}})
    await imported(sample.put(tmp_path / "b.json", sample.encounter(status="cancelled")))
    visit = await Appointment.find_one({})
    assert visit is not None
    assert (visit.status, visit.confidentiality) == ("CANCELLED", Confidentiality.RESTRICTED)


async def test_a_second_import_of_confidential_visits_writes_nothing(imported: Importer, tmp_path: Path, writes: Writes) -> None:
    path = sample.put(tmp_path / "a.json", *_people(), sample.encounter(meta=RESTRICTED), sample.claim(), sample.benefit())
    await imported(path)
    writes.seen.clear()
    await imported(path)
    assert writes.seen == []
