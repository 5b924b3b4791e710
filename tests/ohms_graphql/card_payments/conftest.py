"""A graph whose card processor is the stand-in."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import strawberry

from ohms_graphql.card_payments.reading import read_event
from ohms_graphql.card_payments.stripe_gateway import stripe_gateway
from ohms_graphql.database import Database
from resolvers.billing.inbox import store_event, work_on_events
from resolvers.context import RequestContext
from schema import build_schema
from tests.clinic import NOON, Clinic, FixedClock, plain_ports
from tests.graph import Graph
from tests.ohms_graphql.card_payments.stripe_double import StripeDouble, running
from tests.prepared import open_prepared
from tests.schema.invoice.till import Till, stored_payment


@dataclass
class CardTill(Till):
    """A till with a card reader."""

    double: StripeDouble

    def nobody(self) -> RequestContext:
        return self.graph.context(None)

    async def begin(self, invoice: Any, caller: str = "bob", **given: Any) -> tuple[Any, str]:
        """The payment, and its intent's id at the processor."""
        payload = await self.well("payInvoice", caller, invoice=invoice["id"], **given)
        assert payload["clientSecret"]
        intent_id = (await stored_payment(payload["payment"])).intent_id
        assert intent_id is not None
        return payload["payment"], intent_id

    async def hear(self, events: list[dict[str, Any]] | None = None) -> None:
        """The processor's events come in and are worked on."""
        told = self.double.events if events is None else events
        for event in list(told):
            await store_event(event["id"], event["type"], NOON, event, self.clock.instant)
        if events is None:
            told.clear()
        await work_on_events(self.nobody(), read_event)

    @property
    def clock(self) -> FixedClock:
        assert isinstance(self.graph.ports.clock, FixedClock)
        return self.graph.ports.clock

    async def paid(self, minor_units: int = 10_000) -> tuple[Any, Any, str]:
        """An invoice of Bob's that he has paid by card, its payment and intent."""
        invoice = await self.issued(minor_units, self.graph.clinic.bob)
        payment, intent_id = await self.begin(invoice)
        self.double.pay(intent_id)
        await self.hear()
        return invoice, payment, intent_id


@pytest.fixture(scope="session")
def schema() -> strawberry.Schema:
    return build_schema()


@pytest.fixture
def double() -> StripeDouble:
    return StripeDouble()


@pytest.fixture
def processor(double: StripeDouble) -> Iterator[str]:
    with running(double) as address:
        yield address


@pytest.fixture
async def database(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    async with open_prepared(mongodb_url, database_name) as database:
        yield database


@pytest.fixture
async def till(schema: strawberry.Schema, database: Database, processor: str, double: StripeDouble) -> AsyncIterator[CardTill]:
    async with stripe_gateway("sk_test_of_the_tests", "pk_test_of_the_tests", processor) as gateway:
        ports = replace(plain_ports(database.transaction), payments=gateway)
        yield CardTill(Graph(schema, database, await Clinic().stored(), ports), double)


@pytest.fixture(scope="session")
def local_stripe() -> Iterator[str]:
    """The address of a localstripe."""
    program = Path(__file__).parent / "local_stripe.py"
    command = [sys.executable, "-W", "ignore", str(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()
