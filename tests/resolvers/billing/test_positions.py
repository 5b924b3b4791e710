"""The books add up, whatever happened."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.confidentiality import Confidentiality
from models.invoice import (
    Dispute,
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
from models.money import Money
from models.values import CodeableConcept
from resolvers.billing.bookkeeping import missing_entries
from resolvers.billing.books import Book
from resolvers.billing.positions import Positions, balance, flow, positions
from tests.clinic import NOON

CURRENCIES = st.sampled_from(["JPY", "USD", "EUR", "KWD"])
UNITS = st.integers(0, 100_000)
SOME = st.integers(1, 100_000)
STATUSES = st.sampled_from(list(PaymentStatus))
METHODS = st.sampled_from([PaymentMethod.CARD, PaymentMethod.CASH, PaymentMethod.INSURANCE])


def _invoice(name: str, shares: tuple[int, int, int], currency: str, credits_: str | None = None) -> Invoice:
    patient, insurance, _adjustment = shares
    total = sum(shares)
    tax = total // 7

    def money(minor_units: int) -> Money:
        return Money(minor_units=minor_units, currency=currency)

    line = InvoiceLine(
        code=CodeableConcept(text="x"), description="x", unit_price=money(total - tax), tax=money(tax), amount=money(total)
    )
    return Invoice(
        id=name,
        status=InvoiceStatus.ISSUED,
        patient_id="p",
        lines=[line],
        total=money(total),
        insurance=money(insurance),
        patient_responsibility=money(patient),
        issued_at=NOON,
        credits_invoice_id=credits_,
        confidentiality=Confidentiality.NORMAL,
    )


@st.composite
def books(draw: st.DrawFn) -> Book:
    """An invoice to which anything has happened, in any currency."""
    currency = draw(CURRENCIES)
    shares = draw(st.tuples(UNITS, UNITS, UNITS))
    notes = []
    for number in range(draw(st.integers(0, 2))):
        back = tuple(-draw(st.integers(0, share)) // 2 for share in shares)
        notes.append(_invoice(f"note{number}", (back[0], back[1], back[2]), currency, "i"))
    payments = [_payment(draw, number, currency) for number in range(draw(st.integers(0, 4)))]
    return Book(_invoice("i", shares, currency), notes, payments)


def _payment(draw: st.DrawFn, number: int, currency: str) -> Payment:
    method = draw(METHODS)
    of_insurer = method is PaymentMethod.INSURANCE
    at = NOON + timedelta(minutes=draw(st.integers(0, 60)))

    def money(minor_units: int) -> Money:
        return Money(minor_units=minor_units, currency=currency)

    refunds = [
        Refund(
            id=f"r{number}-{place}",
            amount=money(draw(SOME)),
            status=draw(st.sampled_from([PaymentStatus.PENDING, PaymentStatus.SUCCEEDED, PaymentStatus.FAILED])),
            at=at,
        )
        for place in range(draw(st.integers(0, 2)))
    ]
    disputes = [
        Dispute(id=f"d{number}", amount=money(draw(SOME)), status=draw(st.sampled_from(list(DisputeStatus))), at=at)
        for _ in range(0 if of_insurer else draw(st.integers(0, 1)))
    ]
    return Payment(
        id=f"p{number}",
        invoice_id="i",
        patient_id="p",
        amount=money(draw(SOME)),
        method=method,
        status=draw(STATUSES),
        received_at=at,
        refunds=refunds,
        disputes=disputes,
        adjustment=money(draw(UNITS)) if of_insurer else None,
        transferred=money(draw(UNITS)) if of_insurer else None,
    )


@given(book=books())
def test_the_sum_over_all_accounts_is_zero_and_the_balance_is_what_is_asked_less_what_came(book: Book) -> None:
    found = book.wanted()
    assert sum(found.values()) == 0
    assert found.get(LedgerAccount.PATIENT_RECEIVABLE, 0) >= 0 >= found.get(LedgerAccount.CREDITS, 0)
    asked = sum(each.patient_responsibility.minor_units for each in [book.invoice, *book.notes])
    theirs = [flow(payment) for payment in book.payments if payment.method is not PaymentMethod.INSURANCE]
    insurers = [flow(payment) for payment in book.payments if payment.method is PaymentMethod.INSURANCE]
    came = sum(each.paid - each.refunds_asked - each.lost for each in theirs)
    assert balance(found) == asked - came + sum(each.transferred for each in insurers)
    cash = sum(each.paid - each.refunds_done - each.disputed - each.lost for each in [*theirs, *insurers])
    assert found.get(LedgerAccount.CASH, 0) == cash


@given(book=books())
def test_history_is_booked_in_entries_that_each_sum_to_zero_and_end_at_the_facts(book: Book) -> None:
    booked: Positions = {}
    entries = list(missing_entries(book))
    for entry in entries:
        assert sum(posting.minor_units for posting in entry.postings) == 0
        assert entry.currency == book.invoice.total.currency
        for posting in entry.postings:
            booked[posting.account] = booked.get(posting.account, 0) + posting.minor_units
    assert {account: units for account, units in booked.items() if units} == book.wanted()
    assert [entry.id for entry in entries] == [f"i:{number:06d}" for number in range(1, len(entries) + 1)]
    book.booked, book.entries = book.wanted(), len(entries)
    assert list(missing_entries(book)) == []


@given(book=books())
def test_the_order_of_payments_and_notes_does_not_matter(book: Book) -> None:
    assert positions(book.invoice, book.notes[::-1], book.payments[::-1]) == book.wanted()


@given(book=books(), status=st.sampled_from([InvoiceStatus.DRAFT, InvoiceStatus.CANCELLED, InvoiceStatus.ENTERED_IN_ERROR]))
def test_what_was_never_asked_for_has_nothing_in_the_books(book: Book, status: InvoiceStatus) -> None:
    assert positions(book.invoice.model_copy(update={"status": status}), book.notes, book.payments) == {}
