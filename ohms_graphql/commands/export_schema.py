"""`ohms export-schema`."""

from pathlib import Path
from typing import Annotated

import typer

from ohms_graphql.errors import OhmsError

SDL = Path("schema.graphql")


def export_schema(
    to: Annotated[Path, typer.Option(help="File to write; `-` prints it.")] = SDL,
    check: Annotated[bool, typer.Option("--check", help="Write nothing: fail when the file is not up to date.")] = False,
) -> None:
    """Write the schema in GraphQL's own language. The file is generated: never edit it."""
    from schema import build_schema

    text = build_schema().as_str() + "\n"
    if str(to) == "-":
        typer.echo(text, nl=False)
    elif check:
        if not to.is_file() or to.read_text(encoding="utf-8") != text:
            raise OhmsError(f"{to} is not up to date: run `ohms export-schema` and read the difference as a change of promise.")
    else:
        to.write_text(text, encoding="utf-8")
