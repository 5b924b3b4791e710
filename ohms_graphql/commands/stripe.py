"""`ohms stripe`: comparing the books with Stripe's."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Card payments at Stripe.")


@app.callback()
def _commands() -> None:
    """Makes `reconcile` a command of its own, also while there is no other."""


@app.command()
def reconcile(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back to look.")] = 30,
    mend: Annotated[bool, typer.Option("--mend", help="Take over what Stripe says.")] = False,
) -> None:
    """Report what Stripe knows and the books do not; exit code 1 when something is left that was not mended."""
    from ohms_graphql.database_url import database_url
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    if settings.stripe_secret_key is None:
        raise OhmsError("Card payment is not set up: OHMS_STRIPE_SECRET_KEY and OHMS_STRIPE_PUBLISHABLE_KEY are not set.")
    with database_url(settings) as url:
        left = asyncio.run(_reconcile(settings.model_copy(update={"mongodb_url": url}), timedelta(days=days), mend=mend))
    if left:
        raise typer.Exit(1)


async def _reconcile(settings: "Settings", back: timedelta, *, mend: bool) -> int:
    from ohms_graphql.commands.nobody import context_of_nobody
    from resolvers.billing.gateway import ProcessorDown, ProcessorRefused
    from resolvers.billing.reconciling import reconcile as differences

    found = mended = 0
    async with context_of_nobody(settings, "stripe.reconcile") as context:
        try:
            async for difference in differences(context, datetime.now(UTC) - back, mend=mend):
                found += 1
                mended += difference.mended
                done = " (mended)" if difference.mended else ""
                typer.echo(f"payment {difference.payment_id}: {difference.what}{done}")
        except ProcessorDown:
            raise OhmsError("Stripe does not answer. What was mended stays so: try again.") from None
        except ProcessorRefused as refusal:
            raise OhmsError(f"Stripe refuses: {refusal}") from None
    typer.echo(f"{found} differences, {mended} mended")
    return found - mended
