"""The address of an invoice's PDF: five minutes, for whoever asked, audited."""

import io
from datetime import timedelta

import httpx
import pytest
from pypdf import PdfReader

from models.account import Account
from models.audit_event import AuditEvent
from models.base import now
from ohms_graphql.sealed_links import INVOICES, LIFETIME, SealedLinks
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization

QUERY = "query ($id: ID!) { invoice(id: $id) { pdfUrl } }"


async def address(http: httpx.AsyncClient, settings: Settings, clinic: Clinic, caller: str = "alice") -> str | None:
    body = {"query": QUERY, "variables": {"id": gid(clinic.invoice)}}
    answer = (await http.post("/graphql", json=body, headers=authorization(settings, clinic, caller))).json()
    assert "errors" not in answer
    url: str | None = (answer["data"]["invoice"] or {}).get("pdfUrl")
    return url and url.removeprefix(settings.public_url)


@pytest.mark.parametrize("caller", ["alice", "staff", "house"])
async def test_an_invoice_is_read_on_paper_by_who_sees_it(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic, caller: str
) -> None:
    url = await address(http, settings, clinic, caller)
    assert url is not None
    answer = await http.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'attachment; filename="invoice-2026-000001.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for told in ("Invoice 2026-000001", "Müller", "90.00 USD", "15.00 USD", "Princeton Clinic"):
        assert told in text
    entries = await AuditEvent.find({"action": "invoice.pdf"}).to_list()
    assert {(entry.patient_id, entry.actor_id) for entry in entries} >= {(clinic.alice.id, clinic.accounts[caller].id)}


async def test_an_address_is_good_for_five_minutes_and_as_long_as_the_right_holds(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic
) -> None:
    secret = settings.secret_key.get_secret_value()
    alice, bob = clinic.accounts["alice"].id, clinic.accounts["bob"].id
    late = SealedLinks(settings.public_url, INVOICES, secret, lambda: now() - LIFETIME - timedelta(seconds=1))
    fresh = SealedLinks(settings.public_url, INVOICES, secret, now)
    other_place = SealedLinks(settings.public_url, "/fhir/bundles", secret, now)
    urls = {
        "too old": late.address(clinic.invoice.id, alice),
        "not Bob's": fresh.address(clinic.invoice.id, bob),
        "made up": f"{settings.public_url}{INVOICES}/abc",
        "of another place": other_place.address(clinic.invoice.id, clinic.accounts["alice"].id).replace(
            "/fhir/bundles", INVOICES
        ),
    }
    for what, url in urls.items():
        assert (await http.get(url.removeprefix(settings.public_url))).status_code == 404, what
    good = await address(http, settings, clinic)
    assert good is not None
    await Account.get_pymongo_collection().update_one({"_id": clinic.accounts["alice"].id}, {"$set": {"status": "DEACTIVATED"}})
    assert (await http.get(good)).status_code == 404
