"""`ohms database`: the embedded MongoDB by hand."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.embedded_mongod import DataFolder

NOT_RUNNING = 3
"""Exit code of `status`, the one that service managers use."""

app = typer.Typer(no_args_is_help=True, help="The embedded MongoDB: is it running, start it, stop it, where it keeps its data.")


@app.command()
def status() -> None:
    """Say whether the embedded server runs; exit code 3 when it does not."""
    folder = _folder()
    server = folder.status()
    if server is None:
        typer.echo(f"not running\ndata     {folder.root}")
        raise typer.Exit(NOT_RUNNING)
    until = "`ohms database stop`" if server.stays else "its last user leaves"
    typer.echo(f"running  process {server.pid}, {'in use' if server.in_use else 'not in use'}, until {until}")
    typer.echo(f"address  {server.url}")
    typer.echo(f"data     {folder.root}")
    typer.echo(f"log      {folder.log}")


@app.command()
def start() -> None:
    """Start the embedded server, or keep the one that runs, until `ohms database stop`."""
    typer.echo(_folder().start().url)


@app.command()
def stop(
    force: Annotated[bool, typer.Option("--force", help="Stop it under the processes that use it.")] = False,
) -> None:
    """Stop the embedded server; while other processes use it, it goes on until the last of them leaves."""
    stopped = _folder().stop(at_once=force)
    typer.echo("stopped" if stopped else "in use: it stops when its last user leaves, or now with --force")


@app.command()
def path() -> None:
    """Print the folder with the data, the log and the locks, and nothing else."""
    typer.echo(_folder().root)


def _folder() -> "DataFolder":
    from ohms_graphql.embedded_mongod import DataFolder
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    if settings.mongodb_url is not None:
        raise OhmsError("OHMS_MONGODB_URL is set: OHMS uses that server and runs none of its own.")
    return DataFolder(settings.data_dir)
