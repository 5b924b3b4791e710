"""From a bearer token to a principal."""

from models.account import Account, AccountStatus
from ohms_graphql.access_tokens import AccessTokens
from ohms_graphql.authentication_error import InvalidToken
from resolvers.principal import ANONYMOUS, Principal, principal_of


async def authenticate(token: str | None, tokens: AccessTokens) -> Principal:
    """The caller as the database knows them now: a change of role or status binds with the next operation.

    Raises InvalidToken for a bad token, an account that is gone or closed, and a session that was ended.
    """
    if token is None:
        return ANONYMOUS
    bearer = tokens.read(token)
    account = await Account.get(bearer.account_id)
    if account is None or account.status is not AccountStatus.ACTIVE or not account.session_is_live(bearer.session_id):
        raise InvalidToken
    return principal_of(account, bearer.session_id)
