"""Money that comes in and goes back without a card processor."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import WriteError

from models.invoice import Invoice, Payment
from models.ledger import LedgerEntry, Posting
from tests.clinic import NOON
from tests.graph import Graph, gid
from tests.schema.invoice.till import Till, document_id, line, usd


@pytest.fixture
def till(graph: Graph) -> Till:
    return Till(graph)


async def test_an_invoice_is_paid_in_parts_by_cash_check_and_transfer(till: Till) -> None:
    bob = till.graph.clinic.bob
    issued = await till.issued(10_000, bob)
    for amount, method in ((2_000, "CASH"), (3_000, "CHECK"), (5_000, "BANK_TRANSFER")):
        payload = await till.well("recordPayment", invoice=issued["id"], amount=usd(amount), method=method, reference="No 1")
        assert payload["payment"]["status"] == "SUCCEEDED"
    assert (payload["invoice"]["status"], payload["invoice"]["balance"]) == ("BALANCED", {"minorUnits": 0})
    assert payload["invoice"]["paid"] == {"minorUnits": 10_000}
    assert await till.positions(issued) == {"CASH": 10_000, "REVENUE": -10_000}
    assert await till.money(bob) == (0, 0)
    assert await till.findings() == []


async def test_an_insurer_remits_less_and_the_rest_is_written_off_or_the_patients(till: Till) -> None:
    alice = till.graph.clinic.alice
    draft = await till.draft(line(10_000))  # 20.00 copay, 20% of the rest
    issued = (await till.well("issueInvoice", id=draft["id"], acceptUnverified=True))["invoice"]
    insurance, patient = issued["insurance"]["minorUnits"], issued["patientResponsibility"]["minorUnits"]
    assert (insurance, patient) == (6_400, 3_600)
    paid = {"invoice": issued["id"], "method": "INSURANCE", "amount": usd(5_000)}
    assert await till.refusals("recordPayment", **paid, transferred=usd(1_401)) == [("EXCESSIVE", "amount")]
    payload = await till.well("recordPayment", **paid, adjustment=usd(400), transferred=usd(1_000))
    after = payload["invoice"]
    assert (after["insuranceBalance"], after["balance"]) == ({"minorUnits": 0}, {"minorUnits": patient + 1_000})
    assert after["patientResponsibility"] == {"minorUnits": patient}  # frozen
    assert await till.positions(issued) == {
        "PATIENT_RECEIVABLE": 4_600,
        "CASH": 5_000,
        "ADJUSTMENTS": 400,
        "REVENUE": -10_000,
    }
    assert (await till.money(alice))[0] == 4_600 + 1_500
    assert await till.findings() == []


async def test_a_remittance_of_nothing_says_who_pays_instead(till: Till) -> None:
    draft = await till.draft(line(10_000))
    issued = (await till.well("issueInvoice", id=draft["id"], acceptUnverified=True))["invoice"]
    nothing = {"invoice": issued["id"], "method": "INSURANCE", "amount": usd(0)}
    assert await till.refusals("recordPayment", **nothing) == [("INVALID", "amount.minorUnits")]
    payload = await till.well("recordPayment", **nothing, transferred=usd(6_400))
    assert payload["invoice"]["balance"] == {"minorUnits": 10_000}


async def test_what_is_paid_too_much_is_refused_or_becomes_a_credit_that_pays_another_invoice(till: Till) -> None:
    bob = till.graph.clinic.bob
    first, second = await till.issued(10_000, bob), await till.issued(4_000, bob)
    much = {"invoice": first["id"], "amount": usd(12_500), "method": "CHECK"}
    assert await till.refusals("recordPayment", **much) == [("EXCESSIVE", "amount")]
    payload = await till.well("recordPayment", **much, overpaymentToCredit=True)
    assert payload["invoice"]["balance"] == {"minorUnits": -2_500}
    assert await till.money(bob) == (1_500, 2_500)
    assert await till.refusals("applyCredit", invoice=second["id"], amount=usd(2_501)) == [("EXCESSIVE", "amount")]
    assert await till.refusals("applyCredit", "bob", invoice=second["id"], amount=usd(0)) == [("INVALID", "amount.minorUnits")]
    used = await till.well("applyCredit", "bob", invoice=second["id"])
    assert [(each["method"], each["amount"]) for each in used["payments"]] == [("CREDIT", {"minorUnits": 2_500})]
    assert used["invoice"]["balance"] == {"minorUnits": 1_500}
    assert await till.money(bob) == (1_500, 0)
    assert await till.positions(first) == {"CASH": 12_500, "REVENUE": -10_000}
    assert await till.positions(second) == {"PATIENT_RECEIVABLE": 1_500, "REVENUE": -4_000}
    assert await till.refusals("applyCredit", invoice=second["id"]) == [("NO_CREDIT", "invoice")]
    assert await till.refusals("refundPayment", payment=used["payments"][0]["id"], reason="Back") == [("USE_CREDIT", "payment")]
    assert await till.findings() == []


async def test_a_refund_takes_the_credit_first_and_then_the_patient_owes_it_again(till: Till) -> None:
    issued = await till.issued(10_000, till.graph.clinic.bob)
    much = await till.well("recordPayment", invoice=issued["id"], amount=usd(12_000), method="CASH", overpaymentToCredit=True)
    payment = much["payment"]["id"]
    payload = await till.well("refundPayment", payment=payment, amount=usd(2_000), reason="Too much")
    assert (payload["payment"]["status"], payload["invoice"]["balance"]) == ("PARTIALLY_REFUNDED", {"minorUnits": 0})
    assert payload["invoice"]["status"] == "BALANCED"
    payload = await till.well("refundPayment", payment=payment, amount=usd(500), reason="Kindness")
    assert (payload["invoice"]["status"], payload["invoice"]["balance"]) == ("ISSUED", {"minorUnits": 500})
    assert await till.refusals("refundPayment", payment=payment, amount=usd(9_501), reason="x") == [("EXCESSIVE", "amount")]
    payload = await till.well("refundPayment", payment=payment, reason="The rest")
    assert (payload["payment"]["status"], payload["invoice"]["refunded"]) == ("REFUNDED", {"minorUnits": 12_000})
    assert await till.refusals("refundPayment", payment=payment, reason="Again") == [("EXCESSIVE", "amount")]
    assert await till.positions(issued) == {"PATIENT_RECEIVABLE": 10_000, "REVENUE": -10_000}
    assert await till.findings() == []


async def test_what_is_credited_after_it_was_paid_is_the_patients_to_have_back(till: Till) -> None:
    bob = till.graph.clinic.bob
    issued = await till.issued(10_000, bob)
    paid = await till.well("recordPayment", invoice=issued["id"], amount=usd(10_000), method="CASH")
    await till.well("creditInvoice", id=issued["id"], reason="Never happened")
    assert await till.money(bob) == (-10_000, 10_000)
    await till.well("refundPayment", payment=paid["payment"]["id"], reason="Never happened")
    assert await till.money(bob) == (0, 0)
    assert await till.positions(issued) == {}
    assert await till.findings() == []


async def test_eight_who_pay_the_same_balance_at_once_do_not_pay_it_twice(till: Till) -> None:
    issued = await till.issued(10_000, till.graph.clinic.bob)
    given = {"invoice": issued["id"], "amount": usd(4_000), "method": "CASH"}
    payloads = await asyncio.gather(*(till.do("recordPayment", **given) for _ in range(8)))
    assert sum(payload["payment"] is not None for payload in payloads) == 2
    assert await till.positions(issued) == {"PATIENT_RECEIVABLE": 2_000, "CASH": 8_000, "REVENUE": -10_000}


async def test_eight_who_use_one_credit_at_once_use_it_once(till: Till) -> None:
    bob = till.graph.clinic.bob
    first = await till.issued(1_000, bob)
    await till.well("recordPayment", invoice=first["id"], amount=usd(4_000), method="CASH", overpaymentToCredit=True)
    others = [await till.issued(1_000, bob) for _ in range(5)]
    await asyncio.gather(*(till.do("applyCredit", invoice=other["id"]) for other in others))
    assert await till.money(bob) == (2_000, 0)
    assert await till.findings() == []


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"amount": usd(0)}, "INVALID", "amount.minorUnits"),
    ({"amount": usd(-5)}, "INVALID", "amount.minorUnits"),
    ({"amount": {"minorUnits": 5, "currency": "EUR"}}, "INVALID", "amount.currency"),
    ({"amount": {"minorUnits": 5, "currency": "eur"}}, "INVALID", "amount.currency"),
    ({"amount": usd(1_501)}, "EXCESSIVE", "amount"),
    ({"method": "CARD"}, "USE_PAY_INVOICE", "method"),
    ({"method": "CREDIT"}, "USE_PAY_INVOICE", "method"),
    ({"receivedAt": (NOON + timedelta(minutes=1)).isoformat()}, "INVALID", "receivedAt"),
    ({"adjustment": usd(5)}, "INVALID", "adjustment"),
    ({"transferred": usd(5)}, "INVALID", "transferred"),
    ({"reference": "x" * 201}, "INVALID", "reference"),
    ({"method": "INSURANCE", "overpaymentToCredit": True}, "INVALID", "overpaymentToCredit"),
]


@pytest.mark.parametrize(("given", "code", "path"), BAD, ids=[f"{n}-{path}" for n, (_, _, path) in enumerate(BAD)])
async def test_bad_payments_are_refused_by_path_and_nothing_is_written(
    till: Till, given: dict[str, Any], code: str, path: str
) -> None:
    plain: dict[str, Any] = {"invoice": gid(till.graph.clinic.invoice), "amount": usd(5), "method": "CASH"}
    before = await Payment.count(), await LedgerEntry.count()
    assert await till.refusals("recordPayment", "staff", **(plain | given)) == [(code, path)]
    assert (await Payment.count(), await LedgerEntry.count()) == before


async def test_drafts_and_credit_notes_are_not_paid(till: Till) -> None:
    draft = await till.draft(insured=False)
    paid = {"amount": usd(5), "method": "CASH"}
    assert await till.refusals("recordPayment", invoice=draft["id"], **paid) == [("NOT_ISSUED", "invoice")]
    note = await till.well("creditInvoice", id=(await till.issued())["id"], reason="x")
    assert await till.refusals("recordPayment", invoice=note["creditNote"]["id"], **paid) == [("NOT_ISSUED", "invoice")]


async def test_without_a_card_processor_the_api_says_so_and_everything_else_works(till: Till) -> None:
    invoice = gid(till.graph.clinic.invoice)
    assert await till.refusals("payInvoice", "alice", invoice=invoice) == [("CARDS_NOT_SET_UP", "invoice")]
    assert await till.refusals("sendPaymentLink", invoice=invoice) == [("CARDS_NOT_SET_UP", "invoice")]


@pytest.mark.parametrize(
    ("caller", "mutation", "expected"),
    [
        ("bob", "payInvoice", "CARDS_NOT_SET_UP"),
        ("bob", "applyCredit", "NOT_FOUND"),
        ("house", "applyCredit", "FORBIDDEN"),
        ("alice", "recordPayment", "FORBIDDEN"),
        ("house", "recordPayment", "FORBIDDEN"),
        ("analyst", "recordPayment", "FORBIDDEN"),
        ("admin", "recordPayment", "FORBIDDEN"),
        (None, "payInvoice", "UNAUTHENTICATED"),
        ("alice", "sendPaymentLink", "FORBIDDEN"),
    ],
)
async def test_who_may_do_what_with_money(graph: Graph, caller: str | None, mutation: str, expected: str) -> None:
    kind = mutation[0].upper() + mutation[1:]
    given: dict[str, Any] = {"invoice": gid(graph.clinic.invoice)}
    given |= {"amount": usd(5), "method": "CASH"} if mutation == "recordPayment" else {}
    query = f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
    answer = await graph.ask(caller, query, input=given)
    codes = answer.codes or [error["code"] for error in answer.data[mutation]["errors"]]
    assert codes == [expected]


async def test_the_database_itself_refuses_an_entry_that_does_not_sum_to_zero(till: Till) -> None:
    entry = LedgerEntry(
        cause="PAYMENT",
        at=NOON,
        patient_id="p",
        invoice_id="i",
        currency="USD",
        postings=[Posting(account="CASH", invoice_id="i", minor_units=1)],
    )
    with pytest.raises(WriteError):
        await entry.insert()


async def test_a_tampered_ledger_is_found(till: Till) -> None:
    issued = await till.issued(10_000)
    invoice_id = document_id(issued["id"])
    rows = LedgerEntry.get_pymongo_collection()
    await rows.delete_one({"invoice_id": invoice_id})
    found = {(finding.where, finding.what) for finding in await till.findings()}
    assert (f"invoice {invoice_id}", "PATIENT_RECEIVABLE lacks 10000 minor units in the ledger") in found
    await Invoice.get_pymongo_collection().update_one({"_id": invoice_id}, {"$unset": {"number": ""}})
    await till.issued(5)
    assert any(finding.what == "is missing" for finding in await till.findings())


async def test_a_statement_has_opening_entries_and_closing_balance(till: Till) -> None:
    bob = till.graph.clinic.bob
    first = await till.issued(10_000, bob)
    await till.well("recordPayment", invoice=first["id"], amount=usd(2_500), method="CASH")
    query = """query ($id: ID!, $from: Date!, $to: Date!) { patient(id: $id) { statement(from: $from, to: $to) {
      opening { minorUnits } closing { minorUnits }
      lines { cause amount { minorUnits } balance { minorUnits } invoice { number } } } } }"""
    given = {"id": gid(bob), "from": "2026-03-02", "to": "2026-03-02"}
    told = (await till.graph.data("bob", query, **given))["patient"]["statement"]
    assert (told["opening"], told["closing"]) == ({"minorUnits": 0}, {"minorUnits": 7_500})
    assert [(each["cause"], each["amount"]["minorUnits"], each["balance"]["minorUnits"]) for each in told["lines"]] == [
        ("ISSUED", 10_000, 10_000),
        ("PAYMENT", -2_500, 7_500),
    ]
    later = (await till.graph.data("bob", query, **(given | {"from": "2026-03-03", "to": "2026-03-09"})))["patient"]["statement"]
    assert (later["opening"], later["lines"], later["closing"]) == ({"minorUnits": 7_500}, [], {"minorUnits": 7_500})
    answer = await till.graph.ask("bob", query, **(given | {"to": "2026-03-01"}))
    assert "must be from 0 to 1098 days after" in answer.codes[0]


async def test_receivables_are_told_by_how_late_they_are(till: Till) -> None:
    bob = till.graph.clinic.bob
    for minor_units in (1_000, 2_000, 4_000):
        await till.issued(minor_units, bob)
    rows = Invoice.get_pymongo_collection()
    dues = {1_000: "2026-03-20", 2_000: "2026-02-20", 4_000: "2025-11-01"}
    for minor_units, due in dues.items():
        await rows.update_one({"patient_id": bob.id, "total.minor_units": minor_units}, {"$set": {"due_on": due}})
    await rows.update_one({"_id": till.graph.clinic.invoice.id}, {"$set": {"due_on": "2026-02-20"}})
    query = "{ receivablesByAge { age invoices open { minorUnits currency } } }"
    assert (await till.graph.data("staff", query))["receivablesByAge"] == [
        {"age": "CURRENT", "invoices": 1, "open": {"minorUnits": 1_000, "currency": "USD"}},
        {"age": "DAYS_1_TO_30", "invoices": 2, "open": {"minorUnits": 3_500, "currency": "USD"}},
        {"age": "OVER_90_DAYS", "invoices": 1, "open": {"minorUnits": 4_000, "currency": "USD"}},
    ]
