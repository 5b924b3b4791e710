"""`ohms import-fhir`."""

import gc
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.fhir.importing import Progress
    from ohms_graphql.fhir.plan import Options
    from ohms_graphql.fhir.report import ImportReport
    from ohms_graphql.settings import Settings

SHOWN = 50
"""Problems told one by one; of the others the number."""

DEFAULT_SOURCE = "urn:ohms:fhir"


def import_fhir(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            exists=True,
            help="Bundles or resources: .json, .json.gz, .ndjson, .ndjson.gz, or folders of these.",
        ),
    ],
    source: Annotated[
        str,
        typer.Option(help="Name of where the resources come from. A second import under the same name meets the first one's."),
    ] = DEFAULT_SOURCE,
    time_zone: Annotated[
        str | None,
        typer.Option(help="IANA zone of imported practitioners and visits, instead of OHMS_TIME_ZONE.", show_default=False),
    ] = None,
    restore: Annotated[
        bool,
        typer.Option("--restore", help="PATH is a folder that `ohms export-fhir` wrote: ids are kept, and all that it holds."),
    ] = False,
) -> None:
    """Import FHIR R4 files. What was imported before and has not changed stays untouched.

    Exit code 1 when anything was refused or a reference is broken: the rest has gone in.
    """
    from ohms_graphql.commands.progress_bars import progress_bars
    from ohms_graphql.fhir.plan import Options
    from ohms_graphql.settings import load_settings

    if restore and (len(paths) != 1 or source != DEFAULT_SOURCE):
        raise OhmsError("--restore takes one folder; the name of its source is in it.")
    settings = load_settings(os.environ, time_zone=time_zone)
    with progress_bars() as progress, _collecting_less():
        options = None if restore else Options(source=source, time_zone=settings.time_zone)
        report, seconds = _import(paths, settings, options, progress)
    _show(report, seconds)
    if report.problem_count:
        raise typer.Exit(1)


def _import(
    paths: list[Path], settings: "Settings", options: "Options | None", progress: "Progress"
) -> tuple["ImportReport", float]:
    """The report, and the seconds that the import took once the database was open. ``options`` None: an export is restored."""
    import asyncio

    from ohms_graphql.database import open_database
    from ohms_graphql.database_url import database_url
    from ohms_graphql.fhir.importing import import_paths
    from ohms_graphql.fhir_export.restoring import restore
    from ohms_graphql.keys.master_key import master_key_of

    async def work(url: str) -> tuple["ImportReport", float]:
        async with open_database(url, settings.database, master_key=master_key_of(settings)) as database:
            started = time.perf_counter()
            if options is None:
                report = await restore(paths[0], database, settings.time_zone, progress)
            else:
                report = await import_paths(paths, database, options, progress)
            return report, time.perf_counter() - started

    with database_url(settings) as url:
        return asyncio.run(work(url))


@contextmanager
def _collecting_less() -> Iterator[None]:
    """Looking for cycles among parsed resources, which make none, would take a fifth of the time: a chunk is let pass."""
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _show(report: "ImportReport", seconds: float) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE, show_footer=True)
    total = report.total
    table.add_column("resource type", footer="all")
    for name in ("read", "written", "unchanged", "refused"):
        table.add_column(name, justify="right", footer=str(getattr(total, name)))
    for resource_type, counts in sorted(report.types.items()):
        row = (counts.read, counts.written, counts.unchanged, counts.refused)
        table.add_row(resource_type, *map(str, row))
    Console().print(table)
    typer.echo(
        f"{_count(report.files_read, 'file')} read, {report.files_broken} broken, {report.files_ignored} of other kinds ignored; "
        f"{_count(report.broken_references, 'broken reference')}; {seconds:.1f} s, {total.read / seconds:.0f} resources a second"
    )
    for problem in report.problems[:SHOWN]:
        typer.echo(problem, err=True)
    if report.problem_count > SHOWN:
        typer.echo(f"... and {report.problem_count - SHOWN} more", err=True)
    sys.stdout.flush()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
