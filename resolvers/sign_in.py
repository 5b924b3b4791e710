"""Proving to be who one says: the password, and the second factor where there is one."""

from models.account import Account, AccountEmail, AccountStatus, normalized_email
from resolvers.account_limits import SIGN_IN, attempt
from resolvers.context import RequestContext
from resolvers.one_time_passwords import spend_one_time_code
from resolvers.password_rules import check_entered_password
from resolvers.throttling import Limit, count_attempt, forget_attempts
from resolvers.user_errors import InvalidCredentials, Rejected, SecondFactorRequired

_PASSWORDS_WHILE_SIGNED_IN = 5


async def prove_identity(
    context: RequestContext, email: str, password: str, one_time_code: str | None = None, device: str | None = None
) -> Account:
    """The active account whose owner this is. ``device`` is a token from an earlier sign-in, if the device has one.

    Raises Rejected: InvalidCredentials, the same and after the same work for a wrong password, an unknown address and a closed
    account; TooManyAttempts after five failures from one address, which locks nobody else out; SecondFactorRequired for a right
    password without the code that belongs to it.
    """
    check_entered_password(password, ["password"])
    address = normalized_email(email)
    trying = await attempt(context, SIGN_IN, address, device)
    account = await Account.find_one({"email": AccountEmail.lookup(address)})
    right = await context.ports.passwords.verify(account.password_hash if account else None, password)
    if account is None or not right or account.status is not AccountStatus.ACTIVE:
        raise Rejected(_wrong())
    await ask_second_factor(context, account, one_time_code)
    await trying.succeeded()
    return account


async def ask_second_factor(context: RequestContext, account: Account, one_time_code: str | None) -> None:
    """Nothing where there is no second factor. Raises Rejected as ``prove_identity`` does."""
    if account.second_factor is None or account.second_factor.confirmed_at is None:
        return
    if not one_time_code:
        message = "Give the code of your authenticator app as well, or one of your recovery codes."
        raise Rejected(SecondFactorRequired(message=message, path=["oneTimeCode"]))
    if not await spend_one_time_code(context, account, one_time_code):
        raise Rejected(_wrong())


async def ask_password(context: RequestContext, account: Account, password: str, path: list[str]) -> None:
    """Asks somebody who is signed in once more. Raises Rejected: InvalidCredentials, TooManyAttempts."""
    check_entered_password(password, path)
    limit = Limit("password-again", account.id, _PASSWORDS_WHILE_SIGNED_IN)
    await count_attempt([limit], context.access.instant)
    if not await context.ports.passwords.verify(account.password_hash, password):
        raise Rejected(InvalidCredentials(message="The password is wrong.", path=path))
    await forget_attempts(limit)


def _wrong() -> InvalidCredentials:
    return InvalidCredentials(message="The e-mail address or the password is wrong.", path=[])
