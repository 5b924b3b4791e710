"""What the use cases need from a card processor, in our words. Card data never come here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from models.money import Money


class ProcessorDown(Exception):
    """The processor did not answer, or not now: what was asked may have happened. Asking again with the same key is safe."""


class ProcessorRefused(Exception):
    """The processor said no. ``code`` is its own; the text is for people and names nobody."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Outcome(StrEnum):
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNews:
    """A card that was kept for later: the processor's id, brand with last digits, year and month of expiry."""

    id: str
    label: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNews:
    """Where a payment intent stands. ``payment_id`` is ours, as we told the processor; None for what is not ours. ``intent_id``
    is empty for a page on which nobody began to pay.

    ``over`` is true for a failure after which the same intent cannot succeed any more.
    """

    intent_id: str
    payment_id: str | None
    amount: Money
    outcome: Outcome
    at: datetime
    reason: str | None = None
    over: bool = False
    client_secret: str | None = None
    kept_card: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundNews:
    """``refund_id`` is ours; None for one that was made at the processor's own pages."""

    id: str
    intent_id: str
    refund_id: str | None
    amount: Money
    outcome: Outcome
    at: datetime


class DisputeOutcome(StrEnum):
    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeNews:
    id: str
    intent_id: str
    amount: Money
    outcome: DisputeOutcome
    at: datetime


News = PaymentNews | RefundNews | DisputeNews


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentWish:
    """``card_id``: a card kept earlier. ``keep_card``: the patient agrees that this one is kept."""

    payment_id: str
    customer_id: str
    amount: Money
    description: str
    keep_card: bool = False
    card_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutPage:
    """A page of the processor's on which an amount can be paid."""

    id: str
    url: str
    expires_at: datetime


class PaymentGateway(Protocol):
    """A card processor. Everything raises ProcessorDown and ProcessorRefused.

    What is made is made under our own id as its key: asked for twice, there is one.
    """

    @property
    def publishable_key(self) -> str | None:
        """What a browser needs to talk to the processor. None: card payment is not set up."""
        ...

    async def customer(self, patient_id: str) -> str: ...

    async def intend(self, wish: IntentWish) -> PaymentNews: ...

    async def intent(self, intent_id: str) -> PaymentNews | None: ...

    async def withdraw(self, intent_id: str) -> PaymentNews:
        """Cancels an intent unless it is too late: then the news say so."""
        ...

    async def refund(self, refund_id: str, payment_id: str, intent_id: str, amount: Money) -> RefundNews: ...


class CheckoutPages(Protocol):
    """Pages of the processor's own on which an amount can be paid. Raises as PaymentGateway."""

    async def checkout(self, wish: IntentWish, back_to: str) -> CheckoutPage: ...

    async def withdraw_page(self, checkout_id: str) -> PaymentNews:
        """Closes a page unless it is too late: then the news say so."""
        ...


class ProcessorBooks(Protocol):
    """What the processor knows, to compare with. Raises as PaymentGateway."""

    async def payments_since(self, since: datetime) -> Sequence[PaymentNews]: ...

    async def refunds_of(self, intent_id: str) -> Sequence[RefundNews]: ...

    async def disputes_since(self, since: datetime) -> Sequence[DisputeNews]: ...


class KeptCards(Protocol):
    """Cards that patients agreed to keep. Raises as PaymentGateway."""

    async def card(self, card_id: str) -> CardNews | None: ...

    async def forget(self, card_id: str) -> None: ...


class CardProcessor(PaymentGateway, CheckoutPages, ProcessorBooks, KeptCards, Protocol):
    """All of it."""
