"""`ohms token`."""

import asyncio
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.settings import Settings


def token(email: Annotated[str, typer.Argument(help="The account's address.")]) -> None:
    """Print an access token for an account, and nothing else. Development only."""
    from ohms_graphql.database_url import database_url
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    if settings.in_production:
        raise OhmsError("Tokens are printed in development only: in production sign in.")
    with database_url(settings) as url:
        typer.echo(asyncio.run(_token(settings.model_copy(update={"mongodb_url": url}), email)))


async def _token(settings: "Settings", email: str) -> str:
    from models.account import Account, AccountEmail, AccountStatus, normalized_email
    from models.base import now
    from models.identity import new_id
    from ohms_graphql.access_tokens import AccessTokens
    from ohms_graphql.database import open_database
    from ohms_graphql.keys.master_key import master_key_of
    from ohms_graphql.oauth.signing_keys import SigningKeys
    from ohms_graphql.sealer import JweSealer

    lifetime = timedelta(minutes=settings.access_token_minutes)
    async with open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)):
        account = await Account.find_one({"email": AccountEmail.lookup(normalized_email(email))})
        if account is None or account.status is not AccountStatus.ACTIVE:
            raise OhmsError(f"There is no active account {email}: `ohms create-user` makes one.")
        ring = await SigningKeys(JweSealer(settings.secret_key.get_secret_value()), lifetime).open(now())
    return AccessTokens(settings.public_url, lifetime, now, ring).issue(account.id, new_id()).value
