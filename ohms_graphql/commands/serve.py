"""`ohms serve`."""

import os
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on, instead of OHMS_HOST.", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, instead of OHMS_PORT.", show_default=False)] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that serve, instead of OHMS_WORKERS.", show_default=False)
    ] = None,
    demo_if_empty: Annotated[bool, typer.Option("--demo-if-empty", help="Load the demo clinic into an empty database.")] = False,
) -> None:
    """Serve the API, and GraphiQL for browsers, until Ctrl-C."""
    from ohms_graphql.database_url import database_url
    from ohms_graphql.json_logging import configure_logging
    from ohms_graphql.server import listening_socket, run_server
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ, host=host, port=port, workers=workers)
    configure_logging(settings.log_level, with_exception_texts=not settings.in_production)
    if demo_if_empty and settings.in_production:
        raise OhmsError("The demo clinic has passwords that everybody knows: it is not loaded in production.")
    with closing(listening_socket(settings.host, settings.port)) as listener, database_url(settings) as url:
        settings = settings.model_copy(update={"mongodb_url": url})
        if demo_if_empty:
            from ohms_graphql.demo.load import load_demo_if_empty

            load_demo_if_empty(settings)
        welcome = _welcome(settings)
        if settings.workers > 1:
            from ohms_graphql.worker import run_workers_of

            run_workers_of(settings, listener, lambda: typer.echo(welcome))
            return
        from ohms_graphql.app import create_app

        app = create_app(settings)
        run_server(app, listener, lambda: typer.echo(welcome), settings.trusted_proxies, app.state.open_streams)


def _welcome(settings: "Settings") -> str:
    """Where GraphiQL is and, outside production, who of the demo clinic can sign in."""
    graph = f"{settings.public_url}/graphql"
    lines = [f"GraphiQL: {graph}" if settings.trusted_documents is None else f"GraphQL, operations of the list: {graph}"]
    people = [] if settings.in_production else _demo_sign_ins(settings)
    if people:
        width = max(len(role) for role, _, _ in people)
        lines += [
            "Sign-ins of the demo clinic:",
            *(f"  {role:<{width}}  {email}  {password}" for role, email, password in people),
        ]
    return "\n".join(lines)


def _demo_sign_ins(settings: "Settings") -> list[tuple[str, str, str]]:
    """Role, address and password of those sample accounts that the database has."""
    import asyncio

    from models.account import Account, AccountEmail
    from ohms_graphql.database import open_database
    from ohms_graphql.demo.load import sign_ins
    from ohms_graphql.keys.master_key import master_key_of

    people = [(str(role), email, password) for role, email, password in sign_ins()]

    async def there() -> set[str]:
        url, key = settings.mongodb_url or "", master_key_of(settings)
        async with open_database(url, settings.database, master_key=key, build_indexes=False):
            wanted = {AccountEmail(email).sealed: email for _, email, _ in people}
            found = Account.get_pymongo_collection().find({"email": {"$in": list(wanted)}}, {"email": 1})
            return {wanted[row["email"]] async for row in found}

    known = asyncio.run(there())
    return [person for person in people if person[1] in known]
