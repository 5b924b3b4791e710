"""`ohms demo`."""

import asyncio
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.demo.load import DemoSummary
    from ohms_graphql.settings import Settings


def demo(
    anchor: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that the demo takes for today: the same day, the same clinic."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Load it into a database that holds something else.")] = False,
) -> None:
    """Load a believable clinic in which nobody is real: providers, patients, records, appointments and invoices."""
    from ohms_graphql.database_url import database_url
    from ohms_graphql.demo.cast import sign_ins
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    if settings.in_production:
        raise OhmsError("The demo clinic has passwords that everybody knows: it is not loaded in production.")
    with database_url(settings) as url:
        summary = asyncio.run(_load(settings.model_copy(update={"mongodb_url": url}), anchor, force=force))
    if not summary.written:
        typer.echo("The demo clinic is there already.")
        return
    for name, number in sorted(summary.written.items()):
        typer.echo(f"{number:>7,}  {name}")
    typer.echo("Sign-ins:")
    for role, email, password in sign_ins():
        typer.echo(f"  {role:<9} {email}  {password}")


async def _load(settings: "Settings", anchor: datetime | None, *, force: bool) -> "DemoSummary":
    from rich.console import Console
    from rich.progress import Progress

    from ohms_graphql.database import open_database
    from ohms_graphql.demo.load import load_demo, today

    instant = today() if anchor is None else anchor.replace(hour=18, tzinfo=UTC)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Loading the demo clinic", total=None)
        async with open_database(settings.mongodb_url or "", settings.database):
            return await load_demo(instant, lambda done, all_: bar.update(task, completed=done, total=all_), force=force)
