"""Which card processor the settings ask for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ohms_graphql.card_payments.without_stripe import WithoutStripe
from ohms_graphql.settings import Settings
from resolvers.billing.gateway import CardProcessor


@asynccontextmanager
async def card_processor_of(settings: Settings) -> AsyncIterator[CardProcessor]:
    """A processor that works inside the block."""
    if settings.stripe_secret_key is None or settings.stripe_publishable_key is None:
        yield WithoutStripe()
        return
    # Stripe's SDK takes half a second and some memory: a process without cards needs neither.
    from ohms_graphql.card_payments.stripe_gateway import stripe_gateway  # noqa: PLC0415

    key = settings.stripe_secret_key.get_secret_value()
    async with stripe_gateway(key, settings.stripe_publishable_key, settings.stripe_url) as gateway:
        yield gateway
