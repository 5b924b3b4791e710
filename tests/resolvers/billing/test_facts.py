"""News come twice, late and in any order: the end is the same."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.confidentiality import Confidentiality
from models.invoice import (
    DisputeStatus,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Payment,
    PaymentMethod,
    PaymentStatus,
    Refund,
)
from models.ledger import LedgerAccount
from models.values import CodeableConcept
from resolvers.billing.facts import (
    NewsMismatch,
    refundable,
    with_dispute_news,
    with_payment_news,
    with_refund,
    with_refund_news,
)
from resolvers.billing.gateway import DisputeNews, DisputeOutcome, News, Outcome, PaymentNews, RefundNews
from resolvers.billing.positions import balance, positions, settled_status
from tests.clinic import NOON, dollars

AMOUNT = 10_000


def payment() -> Payment:
    return Payment(
        id="payment",
        created_at=NOON,
        updated_at=NOON,
        invoice_id="invoice",
        patient_id="alice",
        amount=dollars(AMOUNT),
        method=PaymentMethod.CARD,
        status=PaymentStatus.PENDING,
        sample_key="0",
    )


def invoice() -> Invoice:
    code = CodeableConcept(text="Visit")
    return Invoice(
        id="invoice",
        status=InvoiceStatus.ISSUED,
        patient_id="alice",
        lines=[InvoiceLine(code=code, description="Visit", unit_price=dollars(AMOUNT), amount=dollars(AMOUNT))],
        total=dollars(AMOUNT),
        insurance=dollars(0),
        patient_responsibility=dollars(AMOUNT),
        confidentiality=Confidentiality.NORMAL,
    )


def paid(outcome: Outcome = Outcome.SUCCEEDED, minutes: int = 0, reason: str | None = None, *, over: bool = False) -> PaymentNews:
    return PaymentNews(
        intent_id="pi_1",
        payment_id="payment",
        amount=dollars(AMOUNT),
        outcome=outcome,
        at=at(minutes),
        reason=reason,
        over=over,
    )


def refunded(outcome: Outcome, name: str = "re_1", ours: str | None = None, amount: int = 4_000) -> RefundNews:
    return RefundNews(id=name, intent_id="pi_1", refund_id=ours, amount=dollars(amount), outcome=outcome, at=at(len(name)))


def disputed(outcome: DisputeOutcome, name: str = "dp_1", minutes: int = 30) -> DisputeNews:
    return DisputeNews(id=name, intent_id="pi_1", amount=dollars(AMOUNT), outcome=outcome, at=at(minutes))


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def after(before: Payment, news: Sequence[News]) -> Payment:
    for each in news:
        if isinstance(each, PaymentNews):
            before = with_payment_news(before, each)
        elif isinstance(each, RefundNews):
            before = with_refund_news(before, each)
        else:
            before = with_dispute_news(before, each)
    return before


STORY: list[News] = [
    paid(Outcome.PENDING),
    paid(Outcome.FAILED, 1, "Declined"),
    paid(Outcome.FAILED, 2, "Declined again"),
    paid(Outcome.SUCCEEDED, 3),
    refunded(Outcome.PENDING),
    refunded(Outcome.SUCCEEDED),
    refunded(Outcome.FAILED),
    refunded(Outcome.SUCCEEDED, "re_22", "ours", 2_500),
    disputed(DisputeOutcome.OPEN),
    disputed(DisputeOutcome.LOST, minutes=50),
    disputed(DisputeOutcome.OPEN, "dp_22"),
    disputed(DisputeOutcome.WON, "dp_22", 60),
]


@given(order=st.permutations(STORY), again=st.lists(st.sampled_from(STORY), max_size=8), data=st.data())
def test_any_order_and_repetition_of_a_story_ends_the_same(order: list[News], again: list[News], data: st.DataObject) -> None:
    told = list(order)
    for news in again:
        told.insert(data.draw(st.integers(0, len(told))), news)
    one, other = after(payment(), STORY), after(payment(), told)
    assert other == one
    assert positions(invoice(), [], [other]) == positions(invoice(), [], [one])
    assert one.status is PaymentStatus.PARTIALLY_REFUNDED
    assert positions(invoice(), [], [one]) == {
        LedgerAccount.PATIENT_RECEIVABLE: 2_500 + AMOUNT,  # the refund that went out, and the dispute that was lost
        LedgerAccount.CASH: AMOUNT - 2_500 - AMOUNT,
        LedgerAccount.REVENUE: -AMOUNT,
    }


@given(story=st.lists(st.sampled_from(STORY), max_size=10), data=st.data())
def test_any_part_of_a_story_ends_the_same_in_any_order(story: list[News], data: st.DataObject) -> None:
    one, other = after(payment(), story), after(payment(), data.draw(st.permutations(story)))
    assert other == one
    assert sum(positions(invoice(), [], [one]).values()) == 0


@pytest.mark.parametrize("order", list(itertools.permutations(["credit note", "paid", "paid twice", "refund"])))
def test_what_was_paid_too_much_is_a_credit_in_whatever_order_it_came(order: Sequence[str]) -> None:
    notes: list[Invoice] = []
    payments: list[Payment] = []
    for fact in order:
        if fact == "credit note":
            note = invoice().model_copy(update={"id": "note", "credits_invoice_id": "invoice", "total": dollars(-3_000)})
            notes.append(note.model_copy(update={"patient_responsibility": dollars(-3_000), "status": InvoiceStatus.BALANCED}))
        elif fact == "refund":
            given = payment().model_copy(update={"id": "refunded", "amount": dollars(500)})
            payments.append(after(given, [refunded(Outcome.SUCCEEDED, amount=500)]))
        else:
            payments.append(after(payment(), [paid()]))
        assert sum(positions(invoice(), notes, payments).values()) == 0
    found = positions(invoice(), notes, payments)
    assert balance(found) == AMOUNT - 3_000 - 2 * AMOUNT + 500
    assert LedgerAccount.PATIENT_RECEIVABLE not in found
    assert settled_status(invoice(), found) is InvoiceStatus.BALANCED


def test_a_refund_is_at_most_what_was_captured_less_what_goes_back_or_is_disputed() -> None:
    assert refundable(payment()) == 0
    arrived = after(payment(), [paid()])
    assert refundable(arrived) == AMOUNT
    asked = with_refund(arrived, Refund(id="r", amount=dollars(4_000), status=PaymentStatus.PENDING, at=NOON))
    assert refundable(asked) == 6_000
    assert refundable(after(asked, [refunded(Outcome.FAILED, "re_9", "r")])) == AMOUNT
    assert refundable(after(asked, [disputed(DisputeOutcome.OPEN)])) == 0


def test_a_chargeback_is_no_refund() -> None:
    open_ = after(payment(), [paid(), disputed(DisputeOutcome.OPEN)])
    assert (open_.status, open_.refunds, open_.disputes[0].status) == (PaymentStatus.SUCCEEDED, [], DisputeStatus.OPEN)
    assert positions(invoice(), [], [open_]) == {LedgerAccount.DISPUTES: AMOUNT, LedgerAccount.REVENUE: -AMOUNT}
    assert settled_status(invoice(), positions(invoice(), [], [open_])) is InvoiceStatus.ISSUED
    won = after(open_, [disputed(DisputeOutcome.WON)])
    assert positions(invoice(), [], [won]) == {LedgerAccount.CASH: AMOUNT, LedgerAccount.REVENUE: -AMOUNT}


def test_news_that_do_not_fit_are_for_a_human() -> None:
    other = PaymentNews(intent_id="pi", payment_id="payment", amount=dollars(1), outcome=Outcome.SUCCEEDED, at=NOON)
    with pytest.raises(NewsMismatch, match="USD came in for a payment of"):
        with_payment_news(payment(), other)
    known = after(payment(), [paid(), refunded(Outcome.PENDING)])
    with pytest.raises(NewsMismatch, match="asked for as"):
        with_refund_news(known, refunded(Outcome.SUCCEEDED, amount=1))


def test_an_amount_in_another_currency_is_refused_by_the_books() -> None:
    yen = payment().model_copy(update={"amount": dollars(1).model_copy(update={"currency": "JPY"})})
    with pytest.raises(ValueError, match="JPY on an invoice in USD"):
        positions(invoice(), [], [yen])
