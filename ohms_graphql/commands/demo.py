"""`ohms demo`."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.demo.load import DemoSummary
    from ohms_graphql.settings import Settings

_YEARS = range(2000, 2100)


def _sensible(anchor: datetime | None) -> datetime | None:
    if anchor is not None and anchor.year not in _YEARS:
        raise typer.BadParameter(f"a day between {_YEARS[0]} and {_YEARS[-1]}")
    return anchor


def demo(
    anchor: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            callback=_sensible,
            help="The day that the demo takes for today (in UTC): the same day, the same clinic.",
            show_default="today",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Load it into a database that holds something else.")] = False,
    scale: Annotated[
        bool,
        typer.Option("--scale", help="Beside it a clinic of 100,000 patients, 1,000,000 appointments and 3,000,000 records."),
    ] = False,
    factor: Annotated[
        float | None, typer.Argument(help="With --scale: how much of that, such as 0.01.", show_default="1")
    ] = None,
) -> None:
    """Load a believable clinic in which nobody is real: providers, patients, records, appointments and invoices."""
    from ohms_graphql.database_url import database_url
    from ohms_graphql.settings import load_settings

    if factor is not None and not scale:
        raise typer.BadParameter(f"{factor:g} goes with --scale")
    if scale and force:
        raise typer.BadParameter("--scale is for a database of its own: not with --force")
    settings = load_settings(os.environ)
    if settings.in_production:
        raise OhmsError("The demo clinic has passwords that everybody knows: it is not loaded in production.")
    if scale:
        from ohms_graphql.commands.demo_scale import load_large_clinic

        load_large_clinic(settings, 1.0 if factor is None else factor, anchor)
        return
    started = time.perf_counter()
    with database_url(settings) as url:
        summary = asyncio.run(_load(settings.model_copy(update={"mongodb_url": url}), anchor, force=force))
    if summary.written:
        _show(summary, time.perf_counter() - started)
    else:
        typer.echo("The demo clinic is there already: nothing was changed.")


async def _load(settings: "Settings", anchor: datetime | None, *, force: bool) -> "DemoSummary":
    from ohms_graphql.database import open_database
    from ohms_graphql.demo.load import load_demo, today
    from ohms_graphql.keys.master_key import master_key_of

    instant = today() if anchor is None else anchor.replace(tzinfo=UTC)
    with _progress() as progress:
        async with open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)) as database:
            return await load_demo(database, instant, progress, force=force)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, on a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Loading the demo clinic", total=None)
        yield lambda done, all_: bar.update(task, completed=done, total=all_)


def _show(summary: "DemoSummary", seconds: float) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from ohms_graphql.demo.cast import sign_ins

    table = Table(box=box.SIMPLE, show_footer=True)
    table.add_column("documents", footer="all")
    table.add_column("written", justify="right", footer=f"{summary.written.total():,}")
    for name, number in sorted(summary.written.items()):
        table.add_row(name, f"{number:,}")
    Console().print(table)
    typer.echo(f"{seconds:.1f} s")
    for name, number in sorted(summary.left_out.items()):
        typer.echo(f"{name}: {number} left out, whose keys are taken by documents that are not the demo's.", err=True)
    typer.echo("Sign-ins:")
    for role, email, password in sign_ins():
        typer.echo(f"  {role:<9} {email}  {password}")
