"""What the benchmark divides by is the same page: the hand-written one gives the data that GraphQL gives."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient

from benchmarks.ceiling.app import create_ceiling
from benchmarks.ceiling.stored_keys import stored_keys
from benchmarks.pages import Page, chart_page, schedule_page
from benchmarks.plain_copy import copy_in_plain
from benchmarks.stored_ring import tokens_with_stored_keys
from models.account import Account
from models.identity import new_id
from models.invoice import Payment, PaymentMethod, PaymentStatus, Refund
from models.record import Confidentiality, Interpretation, LabReport, Observation, ObservationValue, ReferenceRange
from models.values import CodeableConcept, Quantity
from ohms_graphql.app import create_app
from ohms_graphql.settings import Settings, load_settings
from tests.clinic import Clinic, dollars
from tests.signing_key import plant_signing_key

DAY = datetime(2026, 3, 2, 9, 30, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def settings(mongodb_url: str, database_name: str) -> Settings:
    settings = load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name})
    plant_signing_key(settings)
    return settings


@pytest.fixture
async def ohms(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ohms.example") as client,
    ):
        yield client


@pytest.fixture
async def ceiling(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    keys = stored_keys(settings)
    async with AsyncMongoClient[dict[str, Any]](settings.mongodb_url, tz_aware=True) as database:
        transport = httpx.ASGITransport(create_ceiling(database[f"{settings.database}_plain"], keys))
        async with httpx.AsyncClient(transport=transport, base_url="http://ceiling.example") as client:
            yield client


@pytest.fixture
async def clinic(ohms: httpx.AsyncClient) -> Clinic:
    """Beside the small clinic: every kind of value, a result that is kept closest, and money that went both ways."""
    clinic = Clinic()
    values = [
        ObservationValue(quantity=Quantity(value=Decimal("0.000000250"), unit="g")),
        ObservationValue(quantity=Quantity(value=Decimal("1E+3"), unit="/uL")),
        ObservationValue(concept=CodeableConcept(text="Never smoked")),
        ObservationValue(text="clear"),
        None,
    ]
    patient = clinic.alice.id
    for days, value in enumerate(values):
        clinic.everything.append(
            Observation(
                code=CodeableConcept(text=f"Result {days}"),
                patient_id=patient,
                author_id=clinic.house.id,
                effective_at=DAY - timedelta(days=days),
                value=value,
                interpretations=[Interpretation.H, Interpretation.AA],
                reference_ranges=[ReferenceRange(high=Decimal("3.50"), unit="g"), ReferenceRange(low=Decimal(1))],
            )
        )
    closest = Confidentiality.VERY_RESTRICTED
    for author in (clinic.house.id, clinic.stranger.id):
        hidden = Observation(code=CodeableConcept(text=author), patient_id=patient, author_id=author, confidentiality=closest)
        clinic.everything.append(hidden)
    clinic.everything.append(LabReport(code=CodeableConcept(text="No observation"), patient_id=patient))
    refund = Refund(amount=dollars(300), status=PaymentStatus.SUCCEEDED, at=DAY)
    pending = Refund(amount=dollars(17), status=PaymentStatus.PENDING, at=DAY)
    for method, status, cents, refunds in (
        (PaymentMethod.CARD, PaymentStatus.PARTIALLY_REFUNDED, 2500, [refund, pending]),
        (PaymentMethod.INSURANCE, PaymentStatus.SUCCEEDED, 7000, []),
        (PaymentMethod.CASH, PaymentStatus.FAILED, 900, []),
    ):
        of_invoice = {"invoice_id": clinic.invoice.id, "patient_id": patient}
        clinic.everything.append(Payment(amount=dollars(cents), method=method, status=status, refunds=refunds, **of_invoice))
    return await clinic.stored()


def authorization(settings: Settings, clinic: Clinic, caller: str) -> dict[str, str]:
    return {"authorization": f"Bearer {tokens_with_stored_keys(settings).issue(clinic.accounts[caller].id, new_id()).value}"}


async def both_answers(ohms: Any, ceiling: Any, page: Page, headers: dict[str, str]) -> tuple[Any, Any]:
    database = Account.get_pymongo_collection().database
    plain = database.client[f"{database.name}_plain"]
    await copy_in_plain(Account.get_pymongo_collection().database, plain)
    ours = await ohms.post("/graphql", content=page.body, headers={**headers, "content-type": "application/json"})
    best = await ceiling.get(page.ceiling_path, headers=headers)
    assert "errors" not in ours.json()
    return ours.json()["data"], best.json()["data"]


async def test_the_ceiling_shows_the_same_schedule(settings: Any, ohms: Any, ceiling: Any, clinic: Clinic) -> None:
    page = schedule_page(clinic.house.id)
    ours, best = await both_answers(ohms, ceiling, page, authorization(settings, clinic, "house"))
    assert best == ours
    assert page.counts(ours) == {"appointments.nodes": 2}


async def test_the_ceiling_shows_the_same_chart(settings: Any, ohms: Any, ceiling: Any, clinic: Clinic) -> None:
    page = chart_page(clinic.alice.id)
    ours, best = await both_answers(ohms, ceiling, page, authorization(settings, clinic, "house"))
    assert best == ours
    assert page.counts(ours) == {
        "patient.conditions": 2,
        "patient.allergies": 1,
        "patient.records.nodes": 7,
        "patient.appointments.nodes": 2,
        "patient.coverages": 1,
    }
    # 20.00 for the visit, less 5.00 and 25.00 by card, 3.00 of which went back
    assert ours["patient"]["balance"]["formatted"] == "-6.83 USD"


async def test_the_ceiling_hides_the_chart_from_a_stranger_too(settings: Any, ohms: Any, ceiling: Any, clinic: Clinic) -> None:
    headers = authorization(settings, clinic, "stranger")
    assert await both_answers(ohms, ceiling, chart_page(clinic.alice.id), headers) == ({"patient": None}, {"patient": None})


@pytest.mark.parametrize("caller", ["alice", "staff", "closed"])
async def test_the_ceiling_refuses_whoever_is_no_provider(settings: Any, ceiling: Any, clinic: Clinic, caller: str) -> None:
    answer = await ceiling.get(chart_page(clinic.alice.id).ceiling_path, headers=authorization(settings, clinic, caller))
    assert answer.status_code == 401


async def test_the_ceiling_refuses_an_altered_token(settings: Any, ceiling: Any, clinic: Clinic) -> None:
    right = authorization(settings, clinic, "house")["authorization"]
    head, claims, signature = right.split(".")
    for wrong in (f"{head}.{claims}.{signature[::-1]}", f"{head}.{claims[:-4]}.{signature}", "Bearer nonsense", ""):
        answer = await ceiling.get(chart_page(clinic.alice.id).ceiling_path, headers={"authorization": wrong})
        assert answer.status_code == 401
