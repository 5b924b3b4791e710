"""`ohms export-csv`."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ohms_graphql.errors import OhmsError


class ExportRole(StrEnum):
    """The names of caller.EXPORTING, whose import would make every `ohms --help` slow. A test holds the two together."""

    STAFF = "STAFF"
    ANALYST = "ANALYST"


def export_csv(
    connection: Annotated[
        str, typer.Argument(help="A list of the graph, such as patients, appointments, invoices, coverages or providers.")
    ],
    account: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who exports: an account of staff or of an analyst.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A file that is not there yet; `-` prints it.")],
    where: Annotated[
        str | None,
        typer.Option(metavar="JSON", help="The connection's filter, as in GraphQL's variables.", show_default=False),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,NAME",
            help="GraphQL's fields, dots between them: id,name.family. All plain ones otherwise.",
            show_default=False,
        ),
    ] = None,
    role: Annotated[
        ExportRole | None, typer.Option(help="Which one, for an account that has both.", case_sensitive=False, show_default=False)
    ] = None,
    bom: Annotated[bool, typer.Option("--bom", help="Begin with a byte order mark: Excel reads UTF-8 only so.")] = False,
) -> None:
    """Write a list of the graph as CSV: exactly what the account may see of it, audited as its own reading.

    Analysts get de-identified rows. The file is not encrypted.
    """
    import asyncio

    from models.role import Role
    from ohms_graphql.csv_export.running import Wanted, run_export
    from ohms_graphql.database_url import database_url
    from ohms_graphql.json_logging import configure_logging
    from ohms_graphql.settings import load_settings

    wanted = Wanted(
        connection=connection,
        email=account,
        role=None if role is None else Role(role),
        output=output,
        where=_where(where),
        columns=None if columns is None else [name.strip() for name in columns.split(",")],
        bom=bom,
    )
    settings = load_settings(os.environ)
    configure_logging("WARNING", with_exception_texts=not settings.in_production)
    with_progress = sys.stderr.isatty()

    def progress(rows: int) -> None:
        if with_progress:
            typer.echo(f"\r{rows:,} rows ...", nl=False, err=True)

    with database_url(settings) as url:
        done = asyncio.run(run_export(settings.model_copy(update={"mongodb_url": url}), wanted, progress))
    if with_progress:
        typer.echo("\r\033[K", nl=False, err=True)
    typer.echo(f"{done} exported, not encrypted", err=True)


def _where(text: str | None) -> dict[str, Any] | None:
    import orjson

    if text is None:
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise OhmsError(f"--where is not JSON: {error.msg} at character {error.pos + 1}.") from None
    if not isinstance(found, dict):
        raise OhmsError('--where must be a JSON object, as in {"status": "BOOKED"}.')
    return found
