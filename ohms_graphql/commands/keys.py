"""`ohms keys`: the keys that the data are encrypted with."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.database import Database
    from ohms_graphql.keys.resealing import Progress
    from ohms_graphql.settings import Settings

app = typer.Typer(help="The keys that the data are encrypted with.", no_args_is_help=True)


@app.command()
def status(
    count: Annotated[bool, typer.Option("--count", help="Count the values of each key: looks at every document.")] = False,
) -> None:
    """Show the master key, the data keys, and with --count how many values each of them has encrypted."""
    _run(lambda database, _settings, progress: _status(database, progress, count=count))


@app.command()
def rotate(
    wait: Annotated[
        float,
        typer.Option(min=0, help="Seconds until every running server knows the new keys; each looks every 5 seconds."),
    ] = 15.0,
) -> None:
    """Make new data keys, encrypt with them from now on, and encrypt again what older keys have. Servers go on meanwhile.

    Interrupted, `ohms keys reseal` goes on. Older keys stay in the ring: backups need them.
    """
    _run(lambda database, settings, progress: _rotate(database, settings, progress, wait))


@app.command()
def reseal() -> None:
    """Encrypt with the newest keys what older ones have encrypted."""
    _run(_reseal)


@app.command()
def rewrap(
    to: Annotated[str, typer.Option(help="The new master key, written as in OHMS_MASTER_KEY.", metavar="KEY")],
) -> None:
    """Wrap the data keys with another master key. Then set OHMS_MASTER_KEY to it and start the servers anew."""

    async def work(database: "Database", settings: "Settings", _progress: "Progress") -> None:
        from ohms_graphql.keys.master_key import master_key_of
        from ohms_graphql.settings import MASTER_KEY_SCHEMES

        if not to.startswith(MASTER_KEY_SCHEMES):
            raise OhmsError(f"--to must start with one of {', '.join(MASTER_KEY_SCHEMES)}.")
        await database.keys.wrap_with(master_key_of(settings.model_copy(update={"master_key": to})))
        typer.echo(f"The data keys are wrapped by {to} now: set OHMS_MASTER_KEY to it.")

    _run(work)


@app.command("make-master-key")
def make_master_key(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet; only its owner will read it.")],
) -> None:
    """Make a master key in a file. Keep a copy elsewhere, and not beside the backups: without it the data are lost."""
    from ohms_graphql.keys.master_key import make_key_file

    try:
        make_key_file(path)
    except FileExistsError as error:
        raise OhmsError(f"{path} is there already; a master key is never written over.") from error
    except OSError as error:
        raise OhmsError(f"{path} cannot be written: {error.strerror}.") from error
    typer.echo(f"OHMS_MASTER_KEY=file:{path.absolute()}")


async def _status(database: "Database", progress: "Progress", *, count: bool) -> None:
    from models.stored_key_ring import RING_ID, StoredKeyRing
    from ohms_graphql.documents.resealing import files_by_key
    from ohms_graphql.keys.keysets import DOCUMENTS, SEARCHABLE, VALUES, key_ids
    from ohms_graphql.keys.resealing import key_use

    stored = await StoredKeyRing.get(RING_ID)
    if stored is None:
        raise OhmsError("The key ring is gone from the database.")
    typer.echo(f"master key  {stored.master_key}")
    made = {rotation.key_id: rotation.at for rotation in stored.rotations}
    use = await key_use(progress) if count else None
    files = await files_by_key(database.database) if count else {}
    for name, handle in database.keys.ring.keysets.items():
        for place, key_id in enumerate(key_ids(handle)):
            since = f"encrypts since {made[key_id]:%Y-%m-%d %H:%M} UTC" if key_id in made else "the first"
            role = since if place == 0 else "decrypts only"
            counted = ""
            if use is not None and name in {VALUES, SEARCHABLE}:
                counted = f"  {use.values[key_id]:>9} values"
            elif use is not None and name == DOCUMENTS:
                counted = f"  {files.get(key_id, 0):>9} files"
            typer.echo(f"{name:<10}  {key_id:>10}  {role}{counted}")
    if use is not None and use.plain:
        typer.echo(f"not encrypted yet: {use.plain} values; `ohms keys reseal` does it")


async def _rotate(database: "Database", settings: "Settings", progress: "Progress", wait: float) -> None:
    from ohms_graphql.keys.keysets import DOCUMENTS, VALUES

    keys = database.keys
    added = {name: await keys.add_key(name) for name in (VALUES, DOCUMENTS)}
    typer.echo(f"New keys are in the ring; {wait:g} s until every server has read them ...")
    await asyncio.sleep(wait)
    for name, key_id in added.items():
        await keys.promote(name, key_id)
    typer.echo("They encrypt from now on.")
    # Servers that have not heard yet encrypt with the old key for some seconds more.
    await asyncio.sleep(wait)
    await _reseal(database, settings, progress)


async def _reseal(database: "Database", settings: "Settings", progress: "Progress") -> None:
    from models.secret import SecretFault
    from ohms_graphql.app import sealed_files
    from ohms_graphql.documents.resealing import reseal_files
    from ohms_graphql.keys.resealing import reseal as encrypt_again
    from resolvers.documents.store import DocumentFault

    ring = database.keys.ring
    try:
        done = await encrypt_again(ring, progress)
        files = await reseal_files(database.database, database.transaction, sealed_files(settings, database), ring, progress)
    except (SecretFault, DocumentFault) as error:
        raise OhmsError(f"{error} Everything before it is done; find out who wrote it.") from error
    typer.echo(f"{done} documents and {files} files encrypted again; the rest had the newest keys.")


def _run(work: "Callable[[Database, Settings, Progress], Awaitable[None]]") -> None:
    from ohms_graphql.commands.progress_bars import progress_bars
    from ohms_graphql.database import open_database
    from ohms_graphql.database_url import database_url
    from ohms_graphql.keys.master_key import master_key_of
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)

    async def opened(url: str) -> None:
        async with open_database(url, settings.database, master_key=master_key_of(settings)) as database:
            with progress_bars() as progress:
                await work(database, settings, progress)

    with database_url(settings) as url:
        asyncio.run(opened(url))
