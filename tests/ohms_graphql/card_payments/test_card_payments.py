"""Paying by card, with everything that can go wrong at the processor or on the way."""

import asyncio
import itertools
from datetime import timedelta
from typing import Any

import pytest

from models.billing_account import BillingAccount
from models.invoice import Payment
from models.ledger import LedgerEntry
from models.processor_event import EventState, ProcessorEvent
from ohms_graphql.card_payments.reading import read_event
from resolvers.billing.inbox import list_events, retry_events, store_event, work_on_events
from resolvers.billing.reconciling import reconcile
from resolvers.billing.refunding import finish_refunds
from tests.clinic import NOON, Mailbox
from tests.graph import gid
from tests.ohms_graphql.card_payments.conftest import CardTill
from tests.schema.invoice.till import document_id, stored_payment, usd


async def test_a_patient_pays_the_open_balance_and_the_books_know_it_from_the_event_alone(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    payment, intent_id = await till.begin(invoice)
    assert (payment["status"], payment["amount"]) == ("PENDING", {"minorUnits": 10_000})
    intent = till.double.objects[intent_id]
    assert (intent["amount"], intent["currency"]) == (10_000, "usd")
    assert (await till.read(invoice))["balance"] == {"minorUnits": 10_000}
    till.double.pay(intent_id)
    await till.hear()
    after = await till.read(invoice)
    assert (after["status"], after["balance"], after["payments"][0]["status"]) == ("BALANCED", {"minorUnits": 0}, "SUCCEEDED")
    assert await till.positions(invoice) == {"CASH": 10_000, "REVENUE": -10_000}
    assert await till.findings() == []


async def test_the_processor_learns_ids_and_amounts_and_nothing_about_the_patient(till: CardTill) -> None:
    await till.paid()
    told = str(till.double.objects)
    for secret in ("Baker", "Bob", "bob@clinic.example", "M0000000002", "Consultation", "1990"):
        assert secret not in told


async def test_a_part_is_paid_and_then_the_rest(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    for amount in (4_000, 6_000):
        _, intent_id = await till.begin(invoice, amount=usd(amount))
        till.double.pay(intent_id)
        await till.hear()
    assert (await till.read(invoice))["status"] == "BALANCED"
    for amount, code in ((1, "EXCESSIVE"), (0, "EXCESSIVE")):
        assert [each for each, _ in await till.refusals("payInvoice", "bob", invoice=invoice["id"], amount=usd(amount))] == [code]


@pytest.mark.parametrize(
    ("amount", "code", "path"),
    [
        (usd(10_001), "EXCESSIVE", "amount"),
        (usd(0), "INVALID", "amount.minorUnits"),
        (usd(-1), "INVALID", "amount.minorUnits"),
        ({"minorUnits": 5, "currency": "EUR"}, "INVALID", "amount.currency"),
    ],
)
async def test_amounts_that_cannot_be_are_refused_before_anybody_is_asked(
    till: CardTill, amount: dict[str, Any], code: str, path: str
) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    assert await till.refusals("payInvoice", "bob", invoice=invoice["id"], amount=amount) == [(code, path)]
    assert till.double.calls == []


async def test_asked_again_it_goes_on_with_the_same_intent(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    first, intent_id = await till.begin(invoice, idempotencyKey="k")
    for given in ({"idempotencyKey": "k"}, {}, {"amount": usd(10_000)}):
        assert await till.begin(invoice, **given) == (first, intent_id)
    assert len(till.double.of("payment_intent")) == 1
    till.double.pay(intent_id, "declined")
    await till.hear()
    assert (await till.read(invoice))["payments"][0]["failureReason"] == "Your card was declined."
    again, same = await till.begin(invoice)
    assert (again["id"], same) == (first["id"], intent_id)
    till.double.pay(intent_id)
    await till.hear()
    [payment] = (await till.read(invoice))["payments"]
    assert (payment["status"], payment["failureReason"]) == ("SUCCEEDED", None)


async def test_another_amount_withdraws_the_earlier_try_so_that_only_one_can_be_paid(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    _, first = await till.begin(invoice)
    _, second = await till.begin(invoice, amount=usd(500))
    assert [till.double.objects[each]["status"] for each in (first, second)] == ["canceled", "requires_payment_method"]
    till.double.objects[second]["status"] = "processing"
    assert await till.refusals("payInvoice", "bob", invoice=invoice["id"]) == [("PAYMENT_IN_PROGRESS", "invoice")]


async def test_eight_who_begin_at_once_have_one_intent(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    payloads = await asyncio.gather(*(till.do("payInvoice", "bob", invoice=invoice["id"]) for _ in range(8)))
    assert {payload["payment"]["id"] for payload in payloads if payload["payment"]} == {payloads[0]["payment"]["id"]}
    assert len(till.double.of("payment_intent")) == 1
    assert len(till.double.of("customer")) == 1


async def test_a_processor_that_is_down_or_loses_its_answer_charges_nothing_twice(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    till.double.failures = [503] * 3
    assert await till.refusals("payInvoice", "bob", invoice=invoice["id"]) == [("PROCESSOR_DOWN", "invoice")]
    for lost in (3, 5, 2):  # the customer's three times; then two of those, and the intent's three times; then less than all
        till.double.lost_answers = lost
        codes = [code for code, _ in await till.refusals("payInvoice", "bob", invoice=invoice["id"])]
        assert codes == ([] if lost == 2 else ["PROCESSOR_DOWN"])
    assert len(till.double.of("payment_intent")) == 1
    assert len(till.double.of("customer")) == 1
    assert await Payment.find({"patient_id": till.graph.clinic.bob.id}).count() == 1


async def test_who_may_pay_whose_invoice(till: CardTill) -> None:
    clinic = till.graph.clinic
    bobs, charlies = await till.issued(100, clinic.bob), await till.issued(100, clinic.child)
    assert await till.refusals("payInvoice", "alice", invoice=bobs["id"]) == [("NOT_FOUND", "invoice")]
    assert await till.refusals("payInvoice", "parent", invoice=charlies["id"]) == []
    assert await till.refusals("payInvoice", "staff", invoice=bobs["id"]) == []


async def test_every_order_and_repetition_of_the_events_of_a_story_ends_in_the_same_ledger(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    payment, intent_id = await till.begin(invoice)
    double = till.double
    double.pay(intent_id, "declined")
    double.pay(intent_id)
    double.refund_at_the_dashboard(intent_id, 1_500)
    dispute = double.dispute(intent_id)
    double.decide(dispute, "won")
    events, double.events = double.events, []
    ends = []
    before = await Payment.get_pymongo_collection().find_one({"_id": (await stored_payment(payment)).id})
    assert before is not None
    for order in list(itertools.permutations(events))[::7]:
        await _as_before(till, invoice, before)
        for event in (*order, order[0], order[-1]):
            await till.hear([event])
        ends.append(await till.positions(invoice))
        assert await till.findings() == []
    assert len(ends) > 15
    assert all(end == {"PATIENT_RECEIVABLE": 1_500, "CASH": 8_500, "REVENUE": -10_000} for end in ends)


async def _as_before(till: CardTill, invoice: Any, before: dict[str, Any]) -> None:
    await Payment.get_pymongo_collection().replace_one({"_id": before["_id"]}, before)
    within = {"invoice_id": document_id(invoice["id"]), "cause": {"$ne": "ISSUED"}}
    await LedgerEntry.get_pymongo_collection().delete_many(within)
    await ProcessorEvent.get_pymongo_collection().delete_many({})


async def test_a_refund_goes_through_the_processor_and_may_fail_after_it_succeeded(till: CardTill) -> None:
    invoice, payment, _ = await till.paid()
    payload = await till.well("refundPayment", payment=payment["id"], amount=usd(4_000), reason="Kindness")
    [refund] = payload["payment"]["refunds"]
    assert (refund["status"], payload["payment"]["status"]) == ("PENDING", "SUCCEEDED")
    assert await till.positions(invoice) == {
        "PATIENT_RECEIVABLE": 4_000,
        "REFUNDS": -4_000,
        "CASH": 10_000,
        "REVENUE": -10_000,
    }
    assert await till.refusals("refundPayment", payment=payment["id"], amount=usd(6_001), reason="x") == [("EXCESSIVE", "amount")]
    [made] = till.double.of("refund")
    till.double.settle_refund(made["id"], "succeeded")
    await till.hear()
    assert (await till.read(invoice))["payments"][0]["status"] == "PARTIALLY_REFUNDED"
    assert await till.positions(invoice) == {"PATIENT_RECEIVABLE": 4_000, "CASH": 6_000, "REVENUE": -10_000}
    till.double.settle_refund(made["id"], "failed")
    await till.hear()
    after = await till.read(invoice)
    assert (after["status"], after["payments"][0]["refunds"][0]["status"]) == ("BALANCED", "FAILED")
    assert await till.positions(invoice) == {"CASH": 10_000, "REVENUE": -10_000}
    assert await till.findings() == []


async def test_a_refund_whose_answer_was_lost_is_asked_for_once(till: CardTill) -> None:
    _, payment, _ = await till.paid()
    till.double.lost_answers = 9
    await till.well("refundPayment", payment=payment["id"], amount=usd(4_000), reason="Kindness")
    till.double.lost_answers = 0
    assert await finish_refunds(till.nobody()) == 0  # too young: perhaps it is being asked for
    till.clock.instant += timedelta(minutes=1)
    assert await finish_refunds(till.nobody()) == 1
    assert await finish_refunds(till.nobody()) == 0
    assert [refund["amount"] for refund in till.double.of("refund")] == [4_000]


async def test_a_refund_that_the_processor_refuses_has_failed(till: CardTill) -> None:
    invoice, payment, intent_id = await till.paid()
    till.double.refund_at_the_dashboard(intent_id, 8_000)  # of which we have not heard
    payload = await till.well("refundPayment", payment=payment["id"], reason="All of it")
    assert [refund["status"] for refund in payload["payment"]["refunds"]] == ["FAILED"]
    await till.hear()
    assert await till.positions(invoice) == {"PATIENT_RECEIVABLE": 8_000, "CASH": 2_000, "REVENUE": -10_000}


async def test_a_dispute_takes_the_money_until_it_is_decided(till: CardTill) -> None:
    invoice, payment, intent_id = await till.paid()
    dispute = till.double.dispute(intent_id)
    await till.hear()
    after = await till.read(invoice)
    assert (after["status"], after["payments"][0]["disputes"]) == (
        "ISSUED",
        [{"status": "OPEN", "amount": {"minorUnits": 10_000}}],
    )
    assert await till.positions(invoice) == {"DISPUTES": 10_000, "REVENUE": -10_000}
    assert await till.refusals("refundPayment", payment=payment["id"], reason="x") == [("EXCESSIVE", "amount")]
    till.double.decide(dispute, "lost")
    await till.hear()
    assert await till.positions(invoice) == {"PATIENT_RECEIVABLE": 10_000, "REVENUE": -10_000}
    assert (await till.read(invoice))["payments"][0]["disputes"][0]["status"] == "LOST"


async def test_an_event_that_comes_before_our_own_commit_is_settled(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    payment, intent_id = await till.begin(invoice)
    # As if the process had died before it noted the intent.
    await Payment.get_pymongo_collection().update_one({"_id": (await stored_payment(payment)).id}, {"$unset": {"intent_id": ""}})
    till.double.pay(intent_id)
    till.double.refund_at_the_dashboard(intent_id, 500)
    succeeded, refunded = till.double.events
    await till.hear([refunded])
    await till.hear([succeeded])
    assert await till.positions(invoice) == {"PATIENT_RECEIVABLE": 500, "CASH": 9_500, "REVENUE": -10_000}


async def test_what_was_not_paid_through_ohms_is_none_of_its_business(till: CardTill) -> None:
    made = till.double._intent({"amount": 500, "currency": "usd"}, {})
    till.double.pay(made["id"])
    till.double.dispute(made["id"])
    await till.hear()
    assert await ProcessorEvent.find({"state": EventState.DONE.value}).count() == 2
    assert await till.findings() == []


async def test_money_of_another_amount_is_set_aside_for_a_human_and_taken_up_again(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    _, intent_id = await till.begin(invoice)
    till.double.objects[intent_id]["amount"] = 9_999
    till.double.pay(intent_id)
    await till.hear()
    for _ in range(12):
        till.clock.instant += timedelta(hours=2)
        await work_on_events(till.nobody(), read_event)
    [event] = await list_events([EventState.SET_ASIDE], 10)
    assert (event.problem, event.attempts) == ("NewsMismatch", 10)
    assert (await till.read(invoice))["balance"] == {"minorUnits": 10_000}
    assert await retry_events([], till.clock.instant) == 1
    assert await list_events([EventState.SET_ASIDE], 10) == []


async def test_a_failing_event_waits_longer_each_time_and_does_not_hold_others_up(till: CardTill) -> None:
    first = await till.issued(10_000, till.graph.clinic.bob)
    second = await till.issued(500, till.graph.clinic.alice)
    _, bad = await till.begin(first)
    till.double.objects[bad]["amount"] = 1
    till.double.pay(bad)
    _, good = await till.begin(second, "alice")
    till.double.pay(good)
    await till.hear()
    assert (await till.read(second))["status"] == "BALANCED"
    [waiting] = await list_events([EventState.RECEIVED], 10)
    assert waiting.due_at == NOON + timedelta(seconds=2)
    assert await work_on_events(till.nobody(), read_event) == 0


async def test_eight_workers_do_each_event_once(till: CardTill) -> None:
    invoice, _, intent_id = await till.paid()
    for _ in range(6):
        till.double.refund_at_the_dashboard(intent_id, 100)
    for event in till.double.events:
        assert await store_event(event["id"], event["type"], NOON, event, NOON)
        assert not await store_event(event["id"], event["type"], NOON, event, NOON)
    done = await asyncio.gather(*(work_on_events(till.nobody(), read_event) for _ in range(8)))
    assert sum(done) == 6
    assert (await till.positions(invoice))["CASH"] == 9_400
    assert await till.findings() == []


async def test_a_card_is_kept_with_consent_used_again_and_forgotten(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    _, intent_id = await till.begin(invoice, keepCard=True)
    assert till.double.objects[intent_id]["setup_future_usage"] == "off_session"
    till.double.pay(intent_id)
    await till.hear()
    await till.hear([{**event, "id": "evt_again"} for event in [_succeeded(till, intent_id)]])
    query = "query ($id: ID!) { patient(id: $id) { keptCards { id label expires } } }"
    [card] = (await till.graph.data("bob", query, id=gid(till.graph.clinic.bob)))["patient"]["keptCards"]
    assert (card["label"], card["expires"]) == ("visa 4242", "2030-04")
    assert (await till.graph.ask("staff", query, id=gid(till.graph.clinic.bob))).codes == ["FORBIDDEN"]
    raw = str(await BillingAccount.get_pymongo_collection().find_one({"patient_id": till.graph.clinic.bob.id}))
    assert "4242" not in raw
    other = await till.issued(700, till.graph.clinic.bob)
    _, again = await till.begin(other, card=card["id"])
    assert till.double.objects[again]["payment_method"] == card["id"]
    assert await till.refusals("payInvoice", "alice", invoice=gid(till.graph.clinic.invoice), card=card["id"]) == [
        ("NOT_FOUND", "card")
    ]
    assert await till.refusals("removeKeptCard", "alice", card=card["id"]) == [("NOT_FOUND", "card")]
    assert (await till.well("removeKeptCard", "bob", card=card["id"]))["removed"]
    assert till.double.of("payment_method") == []


def _succeeded(till: CardTill, intent_id: str) -> dict[str, Any]:
    till.double._tell("payment_intent.succeeded", till.double.objects[intent_id])
    return till.double.events.pop()


async def test_without_consent_no_card_is_kept(till: CardTill) -> None:
    await till.paid()
    assert till.double.of("payment_method") == []


async def test_a_mailed_link_leads_to_a_page_that_is_paid_once(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    sent = await till.well("sendPaymentLink", invoice=invoice["id"])
    assert isinstance(till.graph.ports.mailer, Mailbox)
    mail = till.graph.ports.mailer.mails[-1]
    assert mail.to == "bob@clinic.example"
    assert "https://checkout.example/" in mail.text
    for secret in ("100.00", "Consultation", "Bob", invoice["number"]):
        assert secret not in mail.text
    [page] = till.double.of("checkout.session")
    till.double.use_page(page["id"])
    await till.hear()
    after = await till.read(invoice)
    assert (after["status"], after["payments"][0]["id"]) == ("BALANCED", sent["payment"]["id"])
    assert await till.refusals("sendPaymentLink", invoice=invoice["id"]) == [("EXCESSIVE", "amount")]


async def test_a_link_that_was_asked_for_twice_leads_to_one_page_and_one_that_was_lost_is_given_up(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    for _ in range(2):
        await till.well("sendPaymentLink", invoice=invoice["id"], idempotencyKey="k")
    [page] = till.double.of("checkout.session")
    assert page["status"] == "open"
    till.double.failures = [500] * 3
    assert await till.refusals("sendPaymentLink", invoice=invoice["id"], idempotencyKey="other") == [
        ("PROCESSOR_DOWN", "invoice")
    ]
    # As if the process had died before the processor had answered.
    lost = {"checkout_id": page["id"]}
    await Payment.get_pymongo_collection().update_one(lost, {"$set": {"checkout_id": "asked-and-lost"}})
    _, intent_id = await till.begin(invoice)
    till.double.pay(intent_id)
    await till.hear()
    assert await till.positions(invoice) == {"CASH": 10_000, "REVENUE": -10_000}


async def test_paying_in_a_browser_closes_the_mailed_page(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    await till.well("sendPaymentLink", invoice=invoice["id"])
    _, intent_id = await till.begin(invoice)
    [page] = till.double.of("checkout.session")
    assert page["status"] == "expired"
    till.double.pay(intent_id)
    await till.hear()
    assert await till.positions(invoice) == {"CASH": 10_000, "REVENUE": -10_000}


async def test_reconciling_finds_what_was_missed_and_mends_it(till: CardTill) -> None:
    invoice = await till.issued(10_000, till.graph.clinic.bob)
    payment, intent_id = await till.begin(invoice)
    double = till.double
    double.pay(intent_id)
    double.refund_at_the_dashboard(intent_id, 1_000)
    double.dispute(intent_id)
    double.events.clear()  # all of it while OHMS was down
    since = NOON - timedelta(days=3650)
    found = [difference async for difference in reconcile(till.nobody(), since, mend=False)]
    assert len(found) == 3
    assert "PENDING here, SUCCEEDED at the processor (100.00 USD)" in found[0].what
    assert (await till.read(invoice))["balance"] == {"minorUnits": 10_000}
    assert len([difference async for difference in reconcile(till.nobody(), since, mend=True) if difference.mended]) == 3
    assert [difference async for difference in reconcile(till.nobody(), since, mend=False)] == []
    assert await till.positions(invoice) == {"PATIENT_RECEIVABLE": 1_000, "CASH": -1_000, "DISPUTES": 10_000, "REVENUE": -10_000}
    assert await till.findings() == []
    del double.objects[intent_id]
    [gone] = [difference async for difference in reconcile(till.nobody(), since, mend=True)]
    assert (gone.payment_id, gone.mended) == ((await stored_payment(payment)).id, False)
