"""`ohms create-user`."""

import asyncio
import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.settings import Settings


class RoleName(StrEnum):
    """The names of models.role.Role, whose import would make every `ohms --help` slow. A test holds the two together."""

    PATIENT = "PATIENT"
    PROVIDER = "PROVIDER"
    STAFF = "STAFF"
    ADMIN = "ADMIN"
    ANALYST = "ANALYST"


def create_user(
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    role: Annotated[
        list[RoleName], typer.Option(help="What the account may be; give it again for several.", case_sensitive=False)
    ],
    password: Annotated[
        str | None, typer.Option(help="Asked for when not given. Others on this machine may see it here.", show_default=False)
    ] = None,
    patient: Annotated[str | None, typer.Option(help="MRN of the patient that the account is.", show_default=False)] = None,
    provider: Annotated[str | None, typer.Option(help="NPI of the provider that the account is.", show_default=False)] = None,
) -> None:
    """Create an account that can sign in."""
    from ohms_graphql.database_url import database_url
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    if password is None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with database_url(settings) as url:
        settings = settings.model_copy(update={"mongodb_url": url})
        asyncio.run(_create(settings, email, password, role, patient, provider))
    typer.echo(f"created {email} ({', '.join(role)})")


async def _create(
    settings: "Settings", email: str, password: str, roles: list[RoleName], mrn: str | None, npi: str | None
) -> None:
    from models.role import Role
    from ohms_graphql.database import open_database
    from ohms_graphql.keys.master_key import master_key_of
    from ohms_graphql.passwords import ArgonPasswords
    from resolvers.account_creation import create_account
    from resolvers.user_errors import Rejected

    async with open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)):
        try:
            await create_account(ArgonPasswords(), email, password, [Role(name) for name in roles], mrn=mrn, npi=npi)
        except Rejected as rejection:
            raise OhmsError(" ".join(error.message for error in rejection.errors)) from rejection
