"""`ohms demo --scale`."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ohms_graphql.database import open_database
from ohms_graphql.database_url import database_url
from ohms_graphql.demo.cast import PASSWORD, sign_ins
from ohms_graphql.demo.load import today
from ohms_graphql.demo.scale.load import ScaleSummary, load_scale
from ohms_graphql.demo.scale.providers import email_of
from ohms_graphql.demo.scale.size import Size
from ohms_graphql.keys.master_key import master_key_of
from ohms_graphql.settings import Settings


def load_large_clinic(settings: Settings, factor: float, anchor: datetime | None) -> None:
    """Loads it and tells what was written and how fast."""
    size = Size.of(factor)
    own_server = settings.mongodb_url is None
    with database_url(settings) as url:
        reached = settings.model_copy(update={"mongodb_url": url})
        summary = asyncio.run(
            _load(reached, size, today() if anchor is None else anchor.replace(tzinfo=UTC), own_server=own_server)
        )
    if summary.written:
        _show(summary)
    else:
        typer.echo("The large clinic is there already: nothing was changed.")


async def _load(settings: Settings, size: Size, anchor: datetime, *, own_server: bool) -> ScaleSummary:
    opened = open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings))
    with _progress() as tell:
        async with opened as database:
            return await load_scale(database, settings, size, anchor, tell, own_server=own_server)


class _Speed(ProgressColumn):
    """Documents a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr for each step, on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Speed(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal, speed_estimate_period=20) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield tell


def _show(summary: ScaleSummary) -> None:
    table = Table(box=box.SIMPLE, show_footer=True)
    table.add_column("documents", footer="all")
    table.add_column("written", justify="right", footer=f"{summary.written.total():,}")
    for name, number in sorted(summary.written.items()):
        table.add_row(name, f"{number:,}")
    Console().print(table)
    loading, whole = summary.per_second
    typer.echo(f"loaded   {summary.loading:.1f} s, {loading:,.0f} documents a second")
    typer.echo(f"indexed  {summary.indexing:.1f} s; all in all {whole:,.0f} documents a second")
    typer.echo("Sign-ins:")
    for role, email, password in sign_ins():
        typer.echo(f"  {role:<9} {email}  {password}")
    typer.echo(f"  PROVIDER  {email_of(0)} and so on  {PASSWORD}")
