"""A patient's own copy: what the account may see at the moment of the download, and nothing else."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from models.account import Account, AccountStatus
from models.audit_event import AuditEvent
from models.base import now
from models.patient import Patient
from models.record import Record
from ohms_graphql.access_log import AccessLog
from ohms_graphql.sealed_links import BUNDLES, LIFETIME, SealedLinks
from ohms_graphql.settings import Settings
from tests.audited import audited
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization
from tests.ohms_graphql.fhir_export.resources import faults

QUERY = "query ($id: ID!) { patient(id: $id) { fhirBundleUrl } }"


async def url_of(http: httpx.AsyncClient, settings: Settings, clinic: Clinic, caller: str, patient: Patient) -> str:
    answer = await http.post(
        "/graphql",
        json={"query": QUERY, "variables": {"id": gid(patient)}},
        headers=authorization(settings, clinic, caller),
    )
    url: str = answer.json()["data"]["patient"]["fhirBundleUrl"]
    return url


async def ids_of(http: httpx.AsyncClient, url: str) -> set[tuple[str, str]]:
    answer = await http.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith("attachment")
    bundle = answer.json()
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    resources = {(entry["resource"]["resourceType"], entry["resource"]["id"]): entry["resource"] for entry in bundle["entry"]}
    assert len(resources) == len(bundle["entry"])
    assert faults(resources) == []
    return set(resources)


async def _hold(record: Record) -> None:
    until = now() + timedelta(days=1)
    await Record.get_pymongo_collection().update_one({"_id": record.id}, {"$set": {"release.hold.until": until}})


async def test_patients_get_what_they_may_see_and_nothing_of_anybody_else(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic
) -> None:
    await _hold(clinic.held_report)
    url = await url_of(http, settings, clinic, "alice", clinic.alice)
    found = await ids_of(http, url)
    assert {
        ("Patient", clinic.alice.id),
        ("Practitioner", clinic.house.id),
        ("Condition", clinic.condition.id),
        ("AllergyIntolerance", clinic.allergy.id),
        ("Observation", clinic.observation.id),
        ("DiagnosticReport", clinic.report.id),
        ("DocumentReference", clinic.note.id),
        ("DocumentReference", clinic.restricted_note.id),
        ("Encounter", clinic.visit.id),
        ("Coverage", clinic.coverage.id),
        ("Invoice", clinic.invoice.id),
    } <= found
    hidden = (clinic.secret_note, clinic.held_report, clinic.wrong_condition, clinic.bobs_condition, clinic.bob, clinic.child)
    assert {document.id for document in hidden}.isdisjoint(document_id for _, document_id in found)
    entries = [entry["resource"] for entry in (await http.get(url)).json()["entry"]]
    [report] = [resource for resource in entries if resource["id"] == clinic.report.id]
    assert report["result"] == [{"reference": f"Observation/{clinic.observation.id}"}]


async def test_proxies_by_scope_providers_by_care_and_nobody_else(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic
) -> None:
    childs = await ids_of(http, await url_of(http, settings, clinic, "parent", clinic.child))
    assert ("Condition", clinic.childs_condition.id) in childs
    assert ("DocumentReference", clinic.childs_restricted_note.id) not in childs
    await Patient.get_pymongo_collection().update_one({"_id": clinic.child.id}, {"$set": {"proxies.0.scope": ["BILLING"]}})
    assert {kind for kind, _ in await ids_of(http, await url_of(http, settings, clinic, "parent", clinic.child))} == {"Patient"}
    treated = await ids_of(http, await url_of(http, settings, clinic, "house", clinic.alice))
    assert ("DocumentReference", clinic.secret_note.id) in treated  # its author
    for caller in ("staff", "admin", "analyst"):
        answer = await http.post(
            "/graphql",
            json={"query": QUERY, "variables": {"id": gid(clinic.alice)}},
            headers=authorization(settings, clinic, caller),
        )
        assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_the_link_ends_with_the_right_and_after_five_minutes(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic
) -> None:
    url = await url_of(http, settings, clinic, "alice", clinic.alice)
    account = Account.get_pymongo_collection()
    good = {"status": AccountStatus.ACTIVE.value, "roles": ["PATIENT"], "patient_id": clinic.alice.id}
    for change in ({"status": AccountStatus.DEACTIVATED.value}, {"roles": ["STAFF"]}, {"patient_id": None}):
        await account.update_one({"_id": clinic.accounts["alice"].id}, {"$set": change})
        answer = await http.get(url)
        assert (answer.status_code, answer.text) == (404, "This address is not good, or no longer."), change
        await account.update_one({"_id": clinic.accounts["alice"].id}, {"$set": good})
    assert (await http.get(url)).status_code == 200
    assert (await http.head(url)).content == b""
    secret = settings.secret_key.get_secret_value()
    late = SealedLinks(settings.public_url, BUNDLES, secret, lambda: now() - LIFETIME - timedelta(seconds=1))
    old = late.address(clinic.alice.id, clinic.accounts["alice"].id)
    for wrong in (old, url[:-2], url + "x", f"{settings.public_url}/fhir/bundles/x"):
        assert (await http.get(wrong)).status_code == 404


async def test_every_row_of_a_copy_is_in_the_trail_and_no_token_in_the_log(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic
) -> None:
    url = await url_of(http, settings, clinic, "alice", clinic.alice)
    before = await AuditEvent.count()
    found = await ids_of(http, url)
    written = await audited({"action": "patient.fhirBundle"})
    assert await AuditEvent.count() > before
    assert {event.patient_id for event in written} == {clinic.alice.id}
    told = json.dumps([event.model_dump(mode="json") for event in written])
    rows = [document_id for kind, document_id in found if kind not in ("Practitioner", "Organization", "Patient")]
    assert [row for row in rows if row not in told] == []
    assert AccessLog.__module__ == "ohms_graphql.access_log"
    from ohms_graphql.access_log import _SECRET_STEP  # noqa: PLC0415 -- what is logged of the path

    path = url.removeprefix(settings.public_url)
    assert path.rsplit("/", 1)[1] not in _SECRET_STEP.sub(r"\1...", path)


async def test_many_rows_come_in_pages(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.patient_copy.PAGE", 2)
    await _hold(clinic.held_report)
    found = await ids_of(http, await url_of(http, settings, clinic, "alice", clinic.alice))
    stored = Record.get_pymongo_collection()
    hidden: list[Any] = [clinic.secret_note.id, clinic.held_report.id, clinic.wrong_condition.id]
    visible = await stored.count_documents({"patient_id": clinic.alice.id, "_id": {"$nin": hidden}})
    records = {"Practitioner", "Patient", "Organization", "Encounter", "Appointment", "Coverage", "Invoice"}
    assert len([kind for kind, _ in found if kind not in records]) == visible
