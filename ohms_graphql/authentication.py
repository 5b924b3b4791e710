"""From a bearer token to a principal."""

from models.account import Account, AccountStatus
from ohms_graphql.access_tokens import AccessTokens
from ohms_graphql.authentication_error import InvalidToken
from resolvers.principal import ANONYMOUS, Principal


async def authenticate(token: str | None, tokens: AccessTokens) -> Principal:
    """The caller as the database knows them now: a change of role or status binds with the next operation.

    Raises InvalidToken for a bad token and for an account that is gone or closed.
    """
    if token is None:
        return ANONYMOUS
    account = await Account.get(tokens.read(token))
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise InvalidToken
    return principal_of(account)


def principal_of(account: Account) -> Principal:
    return Principal(
        account_id=account.id,
        roles=frozenset(account.roles),
        patient_id=account.patient_id,
        provider_id=account.provider_id,
    )
