"""`ohms audit`: verify, anchor, export and prune the audit trail."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.settings import Settings
    from resolvers.audit.audit_trail import AuditTrail
    from resolvers.audit.log import Anchor

app = typer.Typer(no_args_is_help=True, help="The audit trail: verify it, keep its head, export it, end its retention.")

_BROKEN = 1

From = Annotated[str | None, typer.Option("--from", help="The first day, as in 2026-03-01 (UTC).", show_default=False)]
To = Annotated[str | None, typer.Option("--to", help="The last day, included.", show_default=False)]


@app.command()
def verify(
    first: Annotated[int | None, typer.Option("--from", min=0, help="The first sequence.", show_default=False)] = None,
    last: Annotated[int | None, typer.Option("--to", min=0, help="The last sequence.", show_default=False)] = None,
    anchor: Annotated[
        str | None, typer.Option(help="What `ohms audit head` printed once: finds an end that was cut off.", show_default=False)
    ] = None,
) -> None:
    """Check that nothing was altered, removed, inserted or reordered; exit code 1 and the position when something was."""
    kept = None if anchor is None else _anchor(anchor)
    with_progress = sys.stderr.isatty()

    def progress(checked: int) -> None:
        if with_progress and checked % 10_000 == 0:
            typer.echo(f"\r{checked:,} entries checked ...", nl=False, err=True)

    async def work(trail: "AuditTrail", _settings: "Settings") -> None:
        found = await trail.verify(first, last, anchor=kept, progress=progress)
        if with_progress:
            typer.echo("\r\033[K", nl=False, err=True)
        if not found.intact:
            typer.echo(f"broken at sequence {found.broken_at}: {found.checked} entries checked")
            raise typer.Exit(_BROKEN)
        typer.echo(f"intact: {found.checked} entries checked")

    _run(work)


@app.command()
def head() -> None:
    """Print SEQUENCE:HASH of the end of the trail, to keep elsewhere, and nothing else."""

    async def work(trail: "AuditTrail", _settings: "Settings") -> None:
        found = await trail.head()
        if found is None:
            raise OhmsError("The audit trail is empty.")
        typer.echo(f"{found.sequence}:{found.hash}")

    _run(work)


@app.command()
def export(
    first_day: From = None,
    last_day: To = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A file that is not there yet; standard output otherwise.", show_default=False),
    ] = None,
) -> None:
    """Write the entries as NDJSON, one a line, in the order of their sequence."""
    since, until = _start_of(first_day, "--from"), _start_of(last_day, "--to")
    after = None if until is None else until + timedelta(days=1)

    async def work(trail: "AuditTrail", _settings: "Settings") -> None:
        count = 0
        with _opened(output) as file:
            async for line in _lines(trail, since, after):
                file.write(line)
                count += 1
        typer.echo(f"{count} entries exported", err=True)

    _run(work)


@app.command()
def prune() -> None:
    """Remove what is older than OHMS_AUDIT_RETENTION_DAYS. What stays can still be verified."""

    async def work(trail: "AuditTrail", settings: "Settings") -> None:
        removed = await trail.prune(timedelta(days=settings.audit_retention_days))
        typer.echo(f"{removed} entries removed that were older than {settings.audit_retention_days} days")

    _run(work)


def _anchor(text: str) -> "Anchor":
    from resolvers.audit.log import Anchor

    sequence, _, value = text.strip().partition(":")
    if not sequence.isdecimal() or not value:
        raise OhmsError("--anchor must be SEQUENCE:HASH, as `ohms audit head` prints it.")
    return Anchor(int(sequence), value)


def _start_of(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise OhmsError(f"{option} is {text!r}; it must be a day like 2026-03-01.") from None


def _opened(output: Path | None) -> IO[bytes]:
    if output is None:
        return open(sys.stdout.fileno(), "wb", closefd=False)  # a descriptor, not a path
    try:
        return output.open("xb")
    except OSError as error:
        raise OhmsError(f"{output} cannot be written: {error.strerror}.") from error


async def _lines(trail: "AuditTrail", since: datetime | None, until: datetime | None) -> AsyncIterator[bytes]:
    import orjson

    await trail.seal()
    async for entry in trail.export(since, until):
        yield orjson.dumps(entry, default=str, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


def _run(work: "Callable[[AuditTrail, Settings], Awaitable[None]]") -> None:
    from ohms_graphql.database_url import database_url
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    with database_url(settings) as url:
        asyncio.run(_with_trail(settings.model_copy(update={"mongodb_url": url}), work))


async def _with_trail(settings: "Settings", work: "Callable[[AuditTrail, Settings], Awaitable[None]]") -> None:
    async with _trail(settings) as trail:
        await work(trail, settings)


@asynccontextmanager
async def _trail(settings: "Settings") -> "AsyncIterator[Any]":
    from models.base import now
    from ohms_graphql.audit_key import audit_key
    from ohms_graphql.database import open_database
    from ohms_graphql.keys.master_key import master_key_of
    from resolvers.audit.audit_trail import AuditTrail

    async with open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)) as database:
        yield AuditTrail(audit_key(settings), now, database.transaction)
