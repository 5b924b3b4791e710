"""Where no card processor is set up: everything but cards works."""

from collections.abc import Sequence
from datetime import datetime

from models.money import Money
from resolvers.billing.gateway import (
    CardNews,
    CheckoutPage,
    DisputeNews,
    IntentWish,
    PaymentNews,
    ProcessorRefused,
    RefundNews,
)


class WithoutStripe:
    """A ``resolvers.billing.gateway.CardProcessor`` that nobody should ask: ``publishable_key`` says so."""

    publishable_key: str | None = None

    async def customer(self, patient_id: str) -> str:  # noqa: ARG002
        raise _not_set_up()

    async def intend(self, wish: IntentWish) -> PaymentNews:  # noqa: ARG002
        raise _not_set_up()

    async def intent(self, intent_id: str) -> PaymentNews | None:  # noqa: ARG002
        raise _not_set_up()

    async def withdraw(self, intent_id: str) -> PaymentNews:  # noqa: ARG002
        raise _not_set_up()

    async def refund(self, refund_id: str, payment_id: str, intent_id: str, amount: Money) -> RefundNews:  # noqa: ARG002
        raise _not_set_up()

    async def checkout(self, wish: IntentWish, back_to: str) -> CheckoutPage:  # noqa: ARG002
        raise _not_set_up()

    async def withdraw_page(self, checkout_id: str) -> PaymentNews:  # noqa: ARG002
        raise _not_set_up()

    async def payments_since(self, since: datetime) -> Sequence[PaymentNews]:  # noqa: ARG002
        raise _not_set_up()

    async def refunds_of(self, intent_id: str) -> Sequence[RefundNews]:  # noqa: ARG002
        raise _not_set_up()

    async def disputes_since(self, since: datetime) -> Sequence[DisputeNews]:  # noqa: ARG002
        raise _not_set_up()

    async def card(self, card_id: str) -> CardNews | None:  # noqa: ARG002
        raise _not_set_up()

    async def forget(self, card_id: str) -> None:  # noqa: ARG002
        raise _not_set_up()


def _not_set_up() -> ProcessorRefused:
    return ProcessorRefused("not_set_up", "Card payment is not set up here.")
