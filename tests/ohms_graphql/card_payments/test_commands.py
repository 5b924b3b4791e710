"""`ohms stripe reconcile`, `ohms webhooks` and `ohms ledger verify`, as people run them."""

import os
import subprocess
import sys
from datetime import timedelta

from models.ledger import LedgerEntry
from models.processor_event import ProcessorEvent
from ohms_graphql.card_payments.reading import read_event
from resolvers.billing.inbox import work_on_events
from tests.ohms_graphql.card_payments.conftest import CardTill
from tests.schema.invoice.till import document_id


class Shell:
    def __init__(self, **variables: str) -> None:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("OHMS_")}
        self._environment = plain | variables

    def run(self, *arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "ohms_graphql", *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


async def test_what_was_missed_is_reported_mended_and_verified(
    till: CardTill, mongodb_url: str, database_name: str, processor: str
) -> None:
    where = {"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name}
    keys = {"OHMS_STRIPE_SECRET_KEY": "sk_test", "OHMS_STRIPE_PUBLISHABLE_KEY": "pk_test", "OHMS_STRIPE_URL": processor}
    shell = Shell(**where, **keys)
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    _, intent_id = await till.begin(invoice)
    till.double.pay(intent_id)
    missed = till.double.events.pop()
    code, told = shell.run("stripe", "reconcile", "--days", "3650")
    assert (code, told.splitlines()[-1]) == (1, "1 differences, 0 mended")
    assert "PENDING here, SUCCEEDED at the processor (100.00 USD)" in told
    code, told = shell.run("stripe", "reconcile", "--days", "3650", "--mend")
    assert (code, told.splitlines()[-1]) == (0, "1 differences, 1 mended")
    assert (await till.read(invoice))["status"] == "BALANCED"
    assert shell.run("ledger", "verify")[0] == 0
    till.double.failures = [401]
    assert shell.run("stripe", "reconcile")[0] == 1

    missed["data"]["object"]["amount_received"] = 1
    await till.hear([missed])
    for _ in range(12):
        till.clock.instant += timedelta(hours=2)
        await work_on_events(till.nobody(), read_event)
    assert (
        shell.run("webhooks", "list")[1].strip() == f"{missed['id']} payment_intent.succeeded SET_ASIDE attempts 10 NewsMismatch"
    )
    assert shell.run("webhooks", "retry")[1].strip() == "1 events taken up again"
    assert await ProcessorEvent.find({"state": "RECEIVED"}).count() == 1

    await LedgerEntry.get_pymongo_collection().delete_one({"invoice_id": document_id(invoice["id"]), "cause": "PAYMENT"})
    code, told = shell.run("ledger", "verify")
    assert (code, "CASH lacks 10000 minor units in the ledger" in told) == (1, True)
    code, told = Shell(**where).run("stripe", "reconcile")
    assert (code, "Card payment is not set up" in told) == (1, True)
