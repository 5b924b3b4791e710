"""Killed at any step of issuing, paying and giving back: nothing is charged twice, and no money is lost from the books."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import Binary
from pymongo import MongoClient

from models.invoice import PaymentStatus
from resolvers.billing.refunding import finish_refunds
from tests.ohms_graphql.card_payments.conftest import CardTill
from tests.schema.invoice.till import document_id, stored_payment

STRIDE = 1 if os.environ.get("OHMS_SOAK") else 3
"""Every step takes a process of its own: `make soak` tries them all."""

ROOT = Path(__file__).parents[3]


class Mortals:
    """Children that do something for an account and die at a step."""

    def __init__(self, process: subprocess.Popen[str], plain: dict[str, str]) -> None:
        self._process = process
        self._plain = plain

    def do(self, account: str, work: str, step: int, **given: Any) -> str | None:
        """The name of the step at which it died; None where it lived to the end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {**self._plain, "account": account, "work": work, "given": given, "step": step, "key": f"key {step}"}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        if told["session"]:
            # What the dead have locked, MongoDB would give back by itself after some seconds.
            with MongoClient[dict[str, Any]](self._plain["url"]) as client:
                client.admin.command("killSessions", [{"id": Binary(bytes.fromhex(told["session"]), 4)}])
        assert not told.get("refused"), told
        died: str | None = told["died"]
        return died


@pytest.fixture
def mortals(mongodb_url: str, database_name: str, processor: str) -> Iterator[Mortals]:
    command = [sys.executable, "-m", "tests.ohms_graphql.card_payments.dying"]
    plain = {"url": mongodb_url, "database": database_name, "processor": processor}
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        yield Mortals(process, plain)
        assert process.stdin is not None
        process.stdin.close()


async def test_killed_at_any_step_of_issuing_it_is_issued_once_and_no_number_is_lost(till: CardTill, mortals: Mortals) -> None:
    staff = till.graph.clinic.accounts["staff"].id
    step, died = 0, set()
    while True:
        step += STRIDE
        draft = await till.draft(insured=False)
        name = mortals.do(staff, "issue", step, invoice_id=document_id(draft["id"]))
        await till.well("issueInvoice", id=draft["id"], idempotencyKey=f"key {step}")  # as clients do that got no answer
        after = await till.read(draft)
        assert (after["status"], after["number"]) == ("ISSUED", f"2026-{step // STRIDE + 1:06d}"), name
        assert await till.positions(draft) == {"PATIENT_RECEIVABLE": 10_000, "REVENUE": -10_000}
        if name is None:
            break
        died.add(name)
    assert await till.findings() == []
    assert len(died) >= 3
    assert step > 10


async def test_killed_at_any_step_of_paying_there_is_one_intent_and_it_is_paid_once(till: CardTill, mortals: Mortals) -> None:
    bob = till.graph.clinic.accounts["bob"].id
    step, died = 0, set()
    while True:
        step += STRIDE
        invoice = await till.issued(10_000, till.graph.clinic.bob)
        before = len(till.double.of("payment_intent"))
        name = mortals.do(bob, "pay", step, invoice_id=document_id(invoice["id"]))
        _, intent_id = await till.begin(invoice, idempotencyKey=f"key {step}")
        intents = till.double.of("payment_intent")[before:]
        assert [intent["id"] for intent in intents if intent["status"] != "canceled"] == [intent_id], name
        till.double.pay(intent_id)
        await till.hear()
        assert await till.positions(invoice) == {"CASH": 10_000, "REVENUE": -10_000}, name
        if name is None:
            break
        died.add(name)
    assert await till.findings() == []
    assert len(till.double.of("customer")) == 1
    assert len(died) >= 3


async def test_killed_at_any_step_of_giving_back_it_goes_back_once(till: CardTill, mortals: Mortals) -> None:
    staff = till.graph.clinic.accounts["staff"].id
    step, died = 0, set()
    while True:
        step += STRIDE
        invoice, payment, intent_id = await till.paid()
        name = mortals.do(staff, "refund", step, payment_id=document_id(payment["id"]))
        await till.well("refundPayment", payment=payment["id"], reason="Wrong", idempotencyKey=f"key {step}")
        till.clock.instant = datetime.now(UTC) + timedelta(minutes=2)
        await finish_refunds(till.nobody())
        [made] = [refund for refund in till.double.of("refund") if refund["payment_intent"] == intent_id]
        assert made["amount"] == 10_000, name
        till.double.settle_refund(made["id"], "succeeded")
        await till.hear()
        after = await stored_payment(payment)
        assert [refund.status for refund in after.refunds] == [PaymentStatus.SUCCEEDED], name
        assert await till.positions(invoice) == {"PATIENT_RECEIVABLE": 10_000, "REVENUE": -10_000}, name
        if name is None:
            break
        died.add(name)
    assert await till.findings() == []
    assert len(died) >= 3
