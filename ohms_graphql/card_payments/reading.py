"""Stripe's objects and events in our words.

https://docs.stripe.com/api/payment_intents/object, .../refunds/object, .../disputes/object, .../checkout/sessions/object. Objects
are read as plain JSON: they come over the wire from webhooks as from calls, and of different API versions.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from models.money import Money
from resolvers.billing.gateway import DisputeNews, DisputeOutcome, News, Outcome, PaymentNews, RefundNews

Json = Mapping[str, Any]

PAYMENT = "ohms_payment"
"""Name in an object's metadata of our payment's id."""
REFUND = "ohms_refund"

_INTENT = {"succeeded": Outcome.SUCCEEDED, "canceled": Outcome.FAILED}
_REFUND = {"succeeded": Outcome.SUCCEEDED, "failed": Outcome.FAILED, "canceled": Outcome.FAILED}
_DISPUTE = {"won": DisputeOutcome.WON, "lost": DisputeOutcome.LOST}


class Unreadable(ValueError):
    """What came is not what Stripe's documentation says. Its text names the field, never the value."""


def payment_news(intent: Json, at: datetime | None = None) -> PaymentNews:
    """``at`` is when the event happened. Raises Unreadable."""
    status = _text(intent, "status")
    error = intent.get("last_payment_error")
    outcome = _INTENT.get(status, Outcome.PENDING)
    declined = status == "requires_payment_method" and isinstance(error, Mapping)
    if declined:
        outcome = Outcome.FAILED
    received = intent.get("amount_received")
    amount = received if outcome is Outcome.SUCCEEDED and isinstance(received, int) and received else intent.get("amount")
    kept = intent.get("setup_future_usage") and outcome is Outcome.SUCCEEDED
    return PaymentNews(
        intent_id=_text(intent, "id"),
        payment_id=_ours(intent, PAYMENT),
        amount=_money(amount, intent),
        outcome=outcome,
        at=at or _instant(intent),
        reason=_reason(error) if declined else ("The payment was called off." if outcome is Outcome.FAILED else None),
        over=status == "canceled",
        client_secret=_maybe_text(intent, "client_secret"),
        kept_card=_id_of(intent.get("payment_method")) if kept else None,
    )


def refund_news(refund: Json, at: datetime | None = None) -> RefundNews:
    """Raises Unreadable."""
    return RefundNews(
        id=_text(refund, "id"),
        intent_id=_id_of(refund.get("payment_intent")) or "",
        refund_id=_ours(refund, REFUND),
        amount=_money(refund.get("amount"), refund),
        outcome=_REFUND.get(_maybe_text(refund, "status") or "", Outcome.PENDING),
        at=at or _instant(refund),
    )


def dispute_news(dispute: Json, at: datetime | None = None) -> DisputeNews | None:
    """None for an inquiry (``warning_...``): no money has been taken. Raises Unreadable."""
    status = _text(dispute, "status")
    if status.startswith("warning"):
        return None
    return DisputeNews(
        id=_text(dispute, "id"),
        intent_id=_id_of(dispute.get("payment_intent")) or "",
        amount=_money(dispute.get("amount"), dispute),
        outcome=_DISPUTE.get(status, DisputeOutcome.OPEN),
        at=at or _instant(dispute),
    )


def page_news(session: Json, at: datetime | None = None) -> PaymentNews:
    """Of a Checkout page that is over without having been paid. Raises Unreadable."""
    return PaymentNews(
        intent_id=_id_of(session.get("payment_intent")) or "",
        payment_id=_ours(session, PAYMENT) or _maybe_text(session, "client_reference_id"),
        amount=_money(session.get("amount_total"), session),
        outcome=Outcome.FAILED,
        at=at or _instant(session),
        reason="The payment page was not used in time.",
        over=True,
    )


_READERS: dict[str, Callable[[Json, datetime | None], News | None]] = {
    "payment_intent.succeeded": payment_news,
    "payment_intent.payment_failed": payment_news,
    "payment_intent.canceled": payment_news,
    "payment_intent.processing": payment_news,
    "refund.created": refund_news,
    "refund.updated": refund_news,
    "refund.failed": refund_news,
    "charge.refund.updated": refund_news,
    "charge.dispute.created": dispute_news,
    "charge.dispute.updated": dispute_news,
    "charge.dispute.closed": dispute_news,
    "charge.dispute.funds_withdrawn": dispute_news,
    "charge.dispute.funds_reinstated": dispute_news,
    "checkout.session.expired": page_news,
}


def read_event(event: Json) -> News | None:
    """The news in an event; None for kinds that tell nothing that we do not learn otherwise. Raises Unreadable."""
    reader = _READERS.get(_text(event, "type"))
    if reader is None:
        return None
    data = event.get("data")
    found = data.get("object") if isinstance(data, Mapping) else None
    if not isinstance(found, Mapping):
        raise Unreadable("data.object")
    return reader(found, _instant(event))


def _ours(found: Json, name: str) -> str | None:
    metadata = found.get("metadata")
    value = metadata.get(name) if isinstance(metadata, Mapping) else None
    return value if isinstance(value, str) and value else None


def _reason(error: object) -> str:
    """What the card holder is told. Stripe's texts name no card."""
    message = error.get("message") if isinstance(error, Mapping) else None
    return message[:300] if isinstance(message, str) and message else "The card was declined."


def _money(amount: object, found: Json) -> Money:
    """Stripe's smallest units are ISO 4217's, but for currencies that it treats in its own way; those are refused.

    https://docs.stripe.com/currencies#minor-units
    """
    currency = _text(found, "currency").upper()
    if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
        raise Unreadable("amount")
    return Money(minor_units=amount, currency=currency)


def _id_of(found: object) -> str | None:
    """An id, also of an object that stands in its place."""
    if isinstance(found, Mapping):
        found = found.get("id")
    return found if isinstance(found, str) and found else None


def _instant(found: Json) -> datetime:
    created = found.get("created")
    if not isinstance(created, int) or isinstance(created, bool):
        raise Unreadable("created")
    return datetime.fromtimestamp(created, UTC)


def _text(found: Json, name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(name)
    return value


def _maybe_text(found: Json, name: str) -> str | None:
    value = found.get(name)
    return value if isinstance(value, str) and value else None
