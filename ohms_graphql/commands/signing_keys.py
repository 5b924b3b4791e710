"""`ohms signing-keys`."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.oauth.signing_keys import SigningKeys

app = typer.Typer(help="The keys that sign tokens.", no_args_is_help=True)


@app.command("list")
def list_keys() -> None:
    """Show the keys by number, and until when each is published."""
    _run(_list)


@app.command()
def rotate() -> None:
    """Make a new key. It signs within a minute; tokens of the one before stay good until they end: nobody is signed out."""
    _run(_rotate)


async def _list(_keys: "SigningKeys") -> None:
    from models.signing_key import SigningKey

    for key in await SigningKey.find_all().sort("number").to_list():
        until = "signs" if key.published_until is None else f"published until {key.published_until:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{key.number:>4}  {key.id}  made {key.created_at:%Y-%m-%d %H:%M} UTC  {until}")


async def _rotate(keys: "SigningKeys") -> None:
    from models.base import now

    if not await keys.rotate(now()):
        raise OhmsError("Another process made a new key at the same moment: that one signs now.")
    typer.echo("A new key signs from now on; running servers take it up within a minute.")


def _run(work: "Callable[[SigningKeys], Awaitable[None]]") -> None:
    from ohms_graphql.database import open_database
    from ohms_graphql.database_url import database_url
    from ohms_graphql.keys.master_key import master_key_of
    from ohms_graphql.oauth.signing_keys import SigningKeys
    from ohms_graphql.sealer import JweSealer
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)

    async def opened(url: str) -> None:
        async with open_database(url, settings.database, master_key=master_key_of(settings)):
            sealer = JweSealer(settings.secret_key.get_secret_value())
            await work(SigningKeys(sealer, timedelta(minutes=settings.access_token_minutes)))

    with database_url(settings) as url:
        asyncio.run(opened(url))
