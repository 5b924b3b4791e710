"""Stripe through its official SDK, async.

What Stripe is told: amounts, our ids of patients and payments, and nothing else: no name, no address, no reason of a visit.
"""

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import stripe

from models.money import Money
from ohms_graphql.card_payments.reading import PAYMENT, REFUND, Json, dispute_news, page_news, payment_news, refund_news
from resolvers.billing.gateway import (
    CardNews,
    CheckoutPage,
    DisputeNews,
    IntentWish,
    Outcome,
    PaymentNews,
    ProcessorDown,
    ProcessorRefused,
    RefundNews,
)

T = TypeVar("T")

TIMEOUT_SECONDS = 20.0
RETRIES = 2
PAGE = 100

# Currencies whose smallest unit at Stripe is not ISO 4217's (https://docs.stripe.com/currencies#special-cases).
SPECIAL_CURRENCIES = frozenset({"ISK", "UGX", "HUF", "TWD", "CLF", "UYW"})


class StripeGateway:
    """A ``resolvers.billing.gateway.CardProcessor``."""

    def __init__(self, client: stripe.StripeClient, publishable_key: str) -> None:
        self._client = client
        self.publishable_key: str | None = publishable_key

    async def customer(self, patient_id: str) -> str:
        made = await _asked(
            self._client.v1.customers.create_async(
                {"metadata": {"ohms_patient": patient_id}}, {"idempotency_key": f"customer-{patient_id}"}
            )
        )
        return str(made.id)

    async def intend(self, wish: IntentWish) -> PaymentNews:
        _must_be_ordinary(wish.amount)
        params: dict[str, Any] = {
            "amount": wish.amount.minor_units,
            "currency": wish.amount.currency.lower(),
            "customer": wish.customer_id,
            "payment_method_types": ["card"],
            "metadata": {PAYMENT: wish.payment_id},
        }
        if wish.card_id is not None:
            params["payment_method"] = wish.card_id
        if wish.keep_card:
            params["setup_future_usage"] = "off_session"
        options: Any = {"idempotency_key": f"intent-{wish.payment_id}"}
        made = await _asked(self._client.v1.payment_intents.create_async(params, options))  # type: ignore[arg-type]
        return payment_news(_json(made))

    async def intent(self, intent_id: str) -> PaymentNews | None:
        try:
            found = await _asked(self._client.v1.payment_intents.retrieve_async(intent_id))
        except ProcessorRefused as refusal:
            if refusal.code == "resource_missing":
                return None
            raise
        return payment_news(_json(found))

    async def withdraw(self, intent_id: str) -> PaymentNews:
        try:
            withdrawn = await _asked(self._client.v1.payment_intents.cancel_async(intent_id))
        except ProcessorRefused:
            # Too late: how it stands says whether it was paid, called off before, or is on its way.
            found = await self.intent(intent_id)
            if found is None:
                raise
            return found
        return payment_news(_json(withdrawn))

    async def refund(self, refund_id: str, payment_id: str, intent_id: str, amount: Money) -> RefundNews:
        # Stripe forgets idempotency keys after a while; what it knows of the intent is kept.
        for known in await self.refunds_of(intent_id):
            if known.refund_id == refund_id:
                return known
        params: Any = {
            "payment_intent": intent_id,
            "amount": amount.minor_units,
            "metadata": {REFUND: refund_id, PAYMENT: payment_id},
        }
        made = await _asked(self._client.v1.refunds.create_async(params, {"idempotency_key": f"refund-{refund_id}"}))
        return refund_news(_json(made))

    async def checkout(self, wish: IntentWish, back_to: str) -> CheckoutPage:
        _must_be_ordinary(wish.amount)
        price = {
            "currency": wish.amount.currency.lower(),
            "unit_amount": wish.amount.minor_units,
            "product_data": {"name": wish.description},
        }
        params: Any = {
            "mode": "payment",
            "customer": wish.customer_id,
            "client_reference_id": wish.payment_id,
            "metadata": {PAYMENT: wish.payment_id},
            "payment_intent_data": {"metadata": {PAYMENT: wish.payment_id}},
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": back_to,
            "cancel_url": back_to,
        }
        options: Any = {"idempotency_key": f"checkout-{wish.payment_id}"}
        made = _json(await _asked(self._client.v1.checkout.sessions.create_async(params, options)))
        expires = datetime.fromtimestamp(int(made["expires_at"]), UTC)
        return CheckoutPage(id=str(made["id"]), url=str(made["url"]), expires_at=expires)

    async def withdraw_page(self, checkout_id: str) -> PaymentNews:
        try:
            over = _json(await _asked(self._client.v1.checkout.sessions.expire_async(checkout_id)))
        except ProcessorRefused:
            # Only an open page expires: this one was paid, or is over already.
            over = _json(await _asked(self._client.v1.checkout.sessions.retrieve_async(checkout_id)))
            intent_id = over.get("payment_intent")
            intent = await self.intent(str(intent_id)) if intent_id else None
            if intent is not None and intent.outcome is not Outcome.FAILED:
                return intent
        return page_news(over)

    async def payments_since(self, since: datetime) -> Sequence[PaymentNews]:
        pages = await _asked(self._client.v1.payment_intents.list_async({"limit": PAGE}))
        return [payment_news(intent) async for intent in _until(pages, since)]

    async def refunds_of(self, intent_id: str) -> Sequence[RefundNews]:
        pages = await _asked(self._client.v1.refunds.list_async({"payment_intent": intent_id, "limit": PAGE}))
        return [refund_news(refund) async for refund in _until(pages, None)]

    async def disputes_since(self, since: datetime) -> Sequence[DisputeNews]:
        pages = await _asked(self._client.v1.disputes.list_async({"limit": PAGE}))
        found = [dispute_news(dispute) async for dispute in _until(pages, since)]
        return [news for news in found if news is not None]

    async def card(self, card_id: str) -> CardNews | None:
        found = _json(await _asked(self._client.v1.payment_methods.retrieve_async(card_id)))
        card = found.get("card")
        if not isinstance(card, dict):
            return None
        expires = f"{int(card['exp_year']):04d}-{int(card['exp_month']):02d}"
        return CardNews(id=card_id, label=f"{card.get('brand', 'card')} {card.get('last4', '')}".strip(), expires=expires)

    async def forget(self, card_id: str) -> None:
        await _asked(self._client.v1.payment_methods.detach_async(card_id))


@asynccontextmanager
async def stripe_gateway(secret_key: str, publishable_key: str, address: str | None) -> AsyncIterator[StripeGateway]:
    """A gateway that works inside the block. ``address`` is another server than Stripe's own, for tests."""
    http = stripe.AIOHTTPClient(timeout=TIMEOUT_SECONDS)
    client = stripe.StripeClient(
        secret_key,
        http_client=http,
        max_network_retries=RETRIES,
        base_addresses={"api": address} if address else {},
    )
    try:
        yield StripeGateway(client, publishable_key)
    finally:
        await http.close_async()  # type: ignore[no-untyped-call]


async def _asked(call: Awaitable[T]) -> T:
    """Raises ProcessorDown or ProcessorRefused. Stripe's texts to people are shown, those to programmers are not."""
    try:
        return await call
    except stripe.CardError as error:
        raise ProcessorRefused(error.code or "card_declined", error.user_message or "The card was declined.") from None
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise ProcessorDown(type(error).__name__) from None
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status >= 500 or error.http_status == 409:
            raise ProcessorDown(type(error).__name__) from None
        code = "resource_missing" if error.http_status == 404 else (error.code or type(error).__name__)
        raise ProcessorRefused(code, f"The card processor refuses this ({code}).") from None


async def _until(pages: Any, since: datetime | None) -> AsyncIterator[Json]:
    """Newest first, as Stripe lists; ends at what is older than ``since``."""
    iterator = aiter(pages.auto_paging_iter())
    while True:
        try:
            found = await _asked(anext(iterator))
        except StopAsyncIteration:
            return
        read = _json(found)
        if since is not None and int(read["created"]) < since.timestamp():
            return
        yield read


def _json(found: Any) -> dict[str, Any]:
    read: dict[str, Any] = found.to_dict()
    return read


def _must_be_ordinary(amount: Money) -> None:
    """Raises ProcessorRefused for currencies that Stripe counts in its own way: better none than ten times too much."""
    if amount.currency in SPECIAL_CURRENCIES:
        raise ProcessorRefused("currency", f"Cards are not taken in {amount.currency}.")
    if amount.exponent == 3 and amount.minor_units % 10:
        # https://docs.stripe.com/currencies#three-decimal: the last digit must be 0
        raise ProcessorRefused("currency", f"Cards are taken in {amount.currency} without the third decimal.")
