"""From a bearer token to a principal."""

from collections.abc import Awaitable, Callable

from ohms_graphql.access_tokens import API_SCOPE, AccessTokens, UnknownKey
from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.present_accounts import PresentAccounts
from resolvers.principal import ANONYMOUS, Principal


async def authenticate(
    token: str | None, tokens: AccessTokens, accounts: PresentAccounts, read_keys_again: Callable[[], Awaitable[None]]
) -> Principal:
    """The caller as the database knows them now: a change of role or status binds with the next operation.

    Raises InvalidToken for a bad token, one that is not for the API, an account that is gone or closed, and a session that was
    ended.
    """
    if token is None:
        return ANONYMOUS
    try:
        bearer = tokens.read(token)
    except UnknownKey:  # perhaps one that another process has just made
        await read_keys_again()
        bearer = tokens.read(token)
    if bearer.scope != API_SCOPE and API_SCOPE not in bearer.scope.split():
        raise InvalidToken
    principal = await accounts.find(bearer.account_id, bearer.session_id)
    if principal is None:
        raise InvalidToken
    return principal
