"""`ohms oauth-client`."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from ohms_graphql.commands.create_user import RoleName

app = typer.Typer(help="Programs that sign people in here, and machines that act for themselves.", no_args_is_help=True)
ClientId = Annotated[str, typer.Argument(help="The client's id: small letters, digits and hyphens.")]


@app.command()
def create(
    client_id: ClientId,
    name: Annotated[str, typer.Option(help="What people read when they are asked whether they agree.")],
    redirect_uri: Annotated[
        list[str] | None, typer.Option(help="Where codes are sent, exactly; give it again for several.", show_default=False)
    ] = None,
    confidential: Annotated[bool, typer.Option("--confidential", help="It can keep a secret: it runs on a server.")] = False,
    role: Annotated[
        RoleName | None, typer.Option(help="Makes a machine with a service account of this role.", case_sensitive=False)
    ] = None,
) -> None:
    """Register a client. A secret is shown once, and only its digest is kept."""

    async def work() -> None:
        from models.role import Role
        from ohms_graphql.oauth.registration import register_client

        asked = None if role is None else Role(role)
        secret = await register_client(client_id, name, redirect_uri or [], confidential=confidential, role=asked)
        typer.echo(f"client_id: {client_id}")
        typer.echo("public client: PKCE only" if secret is None else f"client_secret: {secret}")

    _run(work)


@app.command("list")
def list_clients() -> None:
    """Show all clients."""

    async def work() -> None:
        from models.oauth_client import OAuthClient

        for client in await OAuthClient.find_all().sort("_id").to_list():
            kind = "machine" if client.account_id else "confidential" if client.secret_digest else "public"
            typer.echo(f"{client.id}  {kind}  {client.name}  {' '.join(client.redirect_uris)}")

    _run(work)


@app.command()
def rotate_secret(client_id: ClientId) -> None:
    """Give a confidential client a new secret; the old one ends at once."""

    async def work() -> None:
        from ohms_graphql.oauth import registration

        typer.echo(f"client_secret: {await registration.rotate_secret(client_id)}")

    _run(work)


@app.command()
def delete(client_id: ClientId) -> None:
    """Remove a client with everything that was granted to it."""

    async def work() -> None:
        from ohms_graphql.oauth.registration import delete_client

        await delete_client(client_id)
        typer.echo(f"deleted {client_id}")

    _run(work)


def _run(work: Callable[[], Awaitable[None]]) -> None:
    from ohms_graphql.database import open_database
    from ohms_graphql.database_url import database_url
    from ohms_graphql.keys.master_key import master_key_of
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)

    async def opened(url: str) -> None:
        async with open_database(url, settings.database, master_key=master_key_of(settings)):
            await work()

    with database_url(settings) as url:
        asyncio.run(opened(url))
