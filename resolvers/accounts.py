"""Signing in, and reading accounts."""

from dataclasses import dataclass

from models.account import Account, AccountStatus, normalized_email
from models.identity import new_id
from models.role import Role
from resolvers.context import RequestContext
from resolvers.pagination import Order, Page, PageRequest
from resolvers.ports import AccessToken
from resolvers.queries import Filter, find_page
from resolvers.throttling import Limit, count_attempt, forget_attempts
from resolvers.user_errors import InvalidCredentials, InvalidInput, Rejected

MAX_PASSWORD_LENGTH = 512
_PER_ACCOUNT_AND_ADDRESS = 5
_PER_ADDRESS = 100


@dataclass(frozen=True, slots=True)
class SignedIn:
    account: Account
    token: AccessToken


async def sign_in(context: RequestContext, email: str, password: str) -> SignedIn:
    """Raises Rejected: InvalidCredentials, the same and after the same work for a wrong password, an unknown address and a closed
    account; TooManyAttempts after five failures from one address, which locks nobody else out."""
    if len(password) > MAX_PASSWORD_LENGTH:
        message = f"A password has at most {MAX_PASSWORD_LENGTH} characters; this one has {len(password)}."
        raise Rejected(InvalidInput(message=message, path=["password"]))
    address = normalized_email(email)
    pair = Limit("sign-in", f"{address}|{context.client_address}", _PER_ACCOUNT_AND_ADDRESS)
    await count_attempt([pair, Limit("sign-in-from", context.client_address, _PER_ADDRESS)], context.access.instant)
    account = await Account.find_one({"email": address})
    right = await context.ports.passwords.verify(account.password_hash if account else None, password)
    if account is None or not right or account.status is not AccountStatus.ACTIVE:
        message = "The e-mail address or the password is wrong."
        raise Rejected(InvalidCredentials(message=message, path=[]))
    await forget_attempts(pair)
    return await welcome(context, account)


async def welcome(context: RequestContext, account: Account) -> SignedIn:
    """A token for an account whose owner has just proved to be who they are."""
    account.last_signed_in_at = context.access.instant
    await Account.find_one({"_id": account.id}).update({"$set": {"last_signed_in_at": account.last_signed_in_at}})
    return SignedIn(account, context.ports.tokens.issue(account.id, new_id()))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCriteria:
    email: str | None = None
    role: Role | None = None
    status: list[AccountStatus] | None = None

    def filter(self) -> Filter:
        within: Filter = {}
        if self.email is not None:
            within["email"] = normalized_email(self.email)
        if self.role is not None:
            within["roles"] = self.role.value
        if self.status is not None:
            within["status"] = {"$in": [status.value for status in self.status]}
        return within


async def find_accounts(context: RequestContext, criteria: AccountCriteria, order: Order, request: PageRequest) -> Page[Account]:
    return await find_page(Account, context.access, criteria.filter(), order, request)
