"""`ohms webhooks`: what Stripe told, and what could not be worked on."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ohms_graphql.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Webhook events: list those that wait or were set aside, take them up again.")

MOST_LISTED = 200


@app.command("list")
def list_(
    done: Annotated[bool, typer.Option("--done", help="Those that are done, too.")] = False,
) -> None:
    """List events, oldest first: id, kind, state, attempts and the class of the last failure."""

    async def work() -> None:
        from models.processor_event import EventState
        from resolvers.billing.inbox import list_events

        states = [EventState.RECEIVED, EventState.SET_ASIDE, *([EventState.DONE] if done else [])]
        found = await list_events(states, MOST_LISTED)
        for event in found:
            problem = f" {event.problem}" if event.problem else ""
            typer.echo(f"{event.id} {event.kind} {event.state} attempts {event.attempts}{problem}")
        if not found:
            typer.echo("no events wait, none is set aside" if not done else "no events")

    _run(work)


@app.command()
def retry(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Events; all that are set aside without.")] = None,
) -> None:
    """Take events that were set aside up again; the server works on them."""

    async def work() -> None:
        from models.base import now
        from resolvers.billing.inbox import retry_events

        typer.echo(f"{await retry_events(ids or [], now())} events taken up again")

    _run(work)


def _run(work: Callable[[], Awaitable[None]]) -> None:
    from ohms_graphql.database_url import database_url
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    with database_url(settings) as url:
        asyncio.run(_with_database(settings.model_copy(update={"mongodb_url": url}), work))


async def _with_database(settings: "Settings", work: Callable[[], Awaitable[None]]) -> None:
    from ohms_graphql.commands.nobody import context_of_nobody

    async with context_of_nobody(settings, "webhooks"):
        await work()
