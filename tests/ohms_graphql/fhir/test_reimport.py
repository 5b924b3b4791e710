"""Importing again: what has not changed stays untouched, what has changed is a new version, what the clinic added stays."""

from pathlib import Path
from typing import Any

from models.appointment import Appointment
from models.invoice import Invoice, Payment, PaymentStatus
from models.patient import Patient, PatientExtensions
from models.provider import Provider
from models.record import Condition, Confidentiality, Observation, Record, RecordVersion
from models.search_words import SearchTokens
from ohms_graphql.database import Database
from tests.ohms_graphql.fhir import sample
from tests.ohms_graphql.fhir.conftest import OPTIONS, Importer, Writes
from tests.ohms_graphql.fhir.sample import to
from tests.ohms_graphql.fhir.test_sample_import import ANN, DOC, VISIT, id_of


async def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    names = await database.database.list_collection_names()
    return {name: await database.database[name].find({}).sort("_id").to_list() for name in names}


async def test_a_second_import_sends_no_write(imported: Importer, tmp_path: Path, database: Database, writes: Writes) -> None:
    path = sample.put(tmp_path / "all.json", *sample.everything())
    await imported(path)
    before = await contents(database)
    writes.seen.clear()
    report = await imported(path)
    assert writes.seen == []
    assert report.total.unchanged == report.total.read == len(sample.everything())
    assert await contents(database) == before


async def test_the_same_resource_in_another_layout_is_unchanged(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "all.json", *sample.everything()))
    turned = [dict(reversed(resource.items())) for resource in reversed(sample.everything())]
    report = await imported(sample.put_lines(tmp_path / "lines.ndjson.gz", *turned))
    assert report.total.unchanged == len(sample.everything())


async def test_a_changed_record_is_a_new_version_that_keeps_the_one_before(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base(), sample.observation()))
    before = await Record.get_pymongo_collection().find_one({})
    changed = sample.observation(status="amended", valueQuantity={"value": 6.9, "unit": "%"})
    report = await imported(sample.put(tmp_path / "b.json", changed))
    assert (report.of("Observation").written, report.problems) == (1, [])
    now = await Observation.get(id_of("Observation/hba1c"))
    assert now is not None
    assert now.value is not None
    assert now.value.quantity is not None
    assert str(now.value.quantity.value) == "6.9"
    assert (now.status, now.version, now.revision) == ("AMENDED", 2, 2)
    assert now.source is not None
    assert now.source.resource["status"] == "amended"
    (earlier,) = await RecordVersion.find({}).to_list()
    assert (earlier.record_id, earlier.patient_id, earlier.version) == (now.id, ANN, 1)
    assert earlier.document == before


async def test_versions_add_up(imported: Importer, tmp_path: Path) -> None:
    for number in range(4):
        await imported(sample.put(tmp_path / "a.json", *sample.base(), sample.report(conclusion=f"Text {number}", result=[])))
    assert [found.version for found in await RecordVersion.find({}).sort("version").to_list()] == [1, 2, 3]
    (report,) = await Record.find({}, with_children=True).to_list()
    assert report.version == 4


async def test_what_the_clinic_changed_stays_while_the_source_does_not(
    imported: Importer, tmp_path: Path, writes: Writes
) -> None:
    path = sample.put(tmp_path / "a.json", *sample.base())
    await imported(path)
    await Patient.get_pymongo_collection().update_one(
        {"_id": ANN}, {"$set": {"preferred_language": "fr"}, "$inc": {"revision": 1}}
    )
    writes.seen.clear()
    report = await imported(path)
    assert (report.total.unchanged, writes.seen) == (4, [])
    ann = await Patient.get(ANN)
    assert ann is not None
    assert (ann.preferred_language, ann.revision) == ("fr", 2)


async def test_a_changed_source_replaces_what_it_states_and_nothing_else(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base()))
    proxy = {"account_id": "A", "relationship": "PARENT", "period": {}, "scope": []}
    added: dict[str, Any] = {"proxies": [proxy], "ward": "North"}
    await Patient.get_pymongo_collection().update_one(
        {"_id": ANN},
        {
            "$set": {**added, "extensions": PatientExtensions({"ours": 1}).sealed},
            "$push": {"treated_by": "SOMEBODY", "care_team": {"provider_id": "SHE"}},
        },
    )
    await Provider.get_pymongo_collection().update_one(
        {"_id": DOC}, {"$set": {"accepting_new_patients": True, "time_zone": "Asia/Tokyo"}}
    )
    married = sample.patient(name=[{"given": ["Ann"], "family": "Summer"}], telecom=[], extension=[])
    changed = sample.practitioner(name=[{"given": ["Dora"], "family": "Reed"}])
    report = await imported(sample.put(tmp_path / "b.json", married, changed))
    assert (report.total.written, report.problems) == (2, [])
    ann, doc = await Patient.get(ANN), await Provider.get(DOC)
    assert ann is not None
    assert doc is not None
    assert ann.name.text == "Ann Summer"
    assert [SearchTokens.beginning(word) in ann.search_tokens.tokens for word in ("summer", "winter")] == [True, False]
    assert ann.contacts == []
    assert ann.treated_by == [DOC, "SOMEBODY"]
    assert [member.provider_id for member in ann.care_team] == [DOC, "SHE"]
    assert [proxy.account_id for proxy in ann.proxies] == ["A"]
    assert ann.unknown_fields["ward"] == "North"
    assert ann.extensions.plain["ours"] == 1
    assert ann.revision == 2
    assert doc.name.family == "Reed"
    assert (doc.accepting_new_patients, doc.time_zone) == (True, "Asia/Tokyo")


async def test_treated_by_only_grows(imported: Importer, tmp_path: Path) -> None:
    coach = sample.practitioner(id="coach", identifier=[{"value": "200"}])
    await imported(sample.put(tmp_path / "a.json", *sample.base(), coach))
    moved = sample.encounter(participant=[{"individual": to("Practitioner/coach")}])
    await imported(sample.put(tmp_path / "b.json", moved))
    ann, visit = await Patient.get(ANN), await Appointment.get(VISIT)
    assert ann is not None
    assert visit is not None
    assert visit.provider_id == id_of("Practitioner/coach")
    assert ann.treated_by == [DOC, id_of("Practitioner/coach")]


async def test_a_label_of_confidentiality_is_never_taken_off(imported: Importer, tmp_path: Path) -> None:
    restricted = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "ETH"}]}
    await imported(sample.put(tmp_path / "a.json", *sample.base(), sample.condition(meta=restricted)))
    await imported(sample.put(tmp_path / "b.json", sample.condition(severity={"text": "Mild"})))
    condition = await Condition.get(id_of("Condition/diabetes"))
    assert condition is not None
    assert condition.confidentiality is Confidentiality.RESTRICTED
    assert condition.severity is not None
    assert condition.severity.text == "Mild"


async def test_an_older_copy_does_not_replace_a_newer_one(imported: Importer, tmp_path: Path) -> None:
    new = sample.condition(meta={"lastUpdated": "2024-02-01T00:00:00Z"}, severity={"text": "New"})
    old = sample.condition(meta={"lastUpdated": "2024-01-01T00:00:00Z"}, severity={"text": "Old"})
    base = sample.put(tmp_path / "base.json", *sample.base())
    for names in (("1.json", "2.json"), ("2.json", "1.json")):
        folder = tmp_path / names[0]
        sample.put(folder / names[0], new)
        sample.put(folder / names[1], old)
        for _ in range(2):
            report = await imported(base, folder)
            assert report.problems == []
            condition = await Condition.get(id_of("Condition/diabetes"))
            assert condition is not None
            assert condition.severity is not None
            assert condition.severity.text == "New"
    assert report.total.unchanged == 6


async def test_copies_that_differ_without_saying_which_is_newer_are_refused(
    imported: Importer, tmp_path: Path, writes: Writes
) -> None:
    sample.put(tmp_path / "a.json", sample.organization(), sample.practitioner())
    sample.put(tmp_path / "b.json", sample.organization(), sample.practitioner(gender="male"))
    reason = f"differs from the copy in {tmp_path}/a.json entry 2, and neither says which is newer (meta.lastUpdated)"
    report = await imported(tmp_path)
    assert report.problems == [f"{tmp_path}/b.json entry 2 Practitioner: {reason}"]
    assert (report.of("Organization").written, report.of("Organization").unchanged) == (1, 1)
    writes.seen.clear()
    report = await imported(tmp_path)
    assert report.problems == [f"{tmp_path}/b.json entry 2 Practitioner: {reason}"]
    assert writes.seen == []


async def test_two_sources_with_the_same_ids_do_not_meet(imported: Importer, tmp_path: Path) -> None:
    path = sample.put(tmp_path / "a.json", sample.organization(), sample.practitioner())
    await imported(path)
    other = OPTIONS.__class__(source="urn:other", time_zone="UTC")
    report = await imported(path, options=other)
    assert report.total.written == 2
    assert await Provider.find({}).count() == 2


async def test_a_changed_explanation_changes_the_invoice_and_its_payment(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base(), sample.claim(), sample.benefit()))
    report = await imported(sample.put(tmp_path / "b.json", sample.benefit(payment={"amount": sample.dollars(30)})))
    assert report.of("ExplanationOfBenefit").written == 1
    (invoice,) = await Invoice.find({}).to_list()
    assert (invoice.total.minor_units, invoice.insurance.minor_units, invoice.revision) == (16550, 3000, 2)
    (payment,) = await Payment.find({}).to_list()
    assert payment.amount.minor_units == 3000
    await imported(sample.put(tmp_path / "c.json", sample.benefit(payment={"amount": sample.dollars(0)})))
    (payment,) = await Payment.find({}).to_list()
    assert (payment.status, payment.amount.minor_units) == (PaymentStatus.FAILED, 3000)
    (invoice,) = await Invoice.find({}).to_list()
    assert invoice.insurance.minor_units == 0
    # All came from the first file again: back to where it was.
    report = await imported(tmp_path / "a.json")
    assert (report.of("Claim").unchanged, report.of("ExplanationOfBenefit").written) == (1, 1)
    (payment,) = await Payment.find({}).to_list()
    assert (payment.status, payment.failure_reason, payment.amount.minor_units) == (PaymentStatus.SUCCEEDED, None, 2040)
