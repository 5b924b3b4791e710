"""Signing in, and reading accounts."""

from dataclasses import dataclass

from models.account import Account, AccountEmail, AccountStatus, normalized_email
from models.identity import new_id
from models.role import Role
from resolvers.account_changes import change_account
from resolvers.context import RequestContext
from resolvers.known_devices import remember
from resolvers.pagination import Order, Page, PageRequest
from resolvers.ports import AccessToken, Session
from resolvers.queries import Filter, find_page
from resolvers.sealed_order import SealedOrder
from resolvers.sign_in import prove_identity
from resolvers.transactions import transact


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``device_token`` is for the device to keep: with it, strangers' failures do not slow it down."""

    account: Account
    token: AccessToken
    device_token: str


async def sign_in(
    context: RequestContext, email: str, password: str, one_time_code: str | None = None, device: str | None = None
) -> SignedIn:
    """Raises Rejected as ``prove_identity`` does."""
    return await welcome(context, await prove_identity(context, email, password, one_time_code, device), device)


async def welcome(context: RequestContext, account: Account, device: str | None = None) -> SignedIn:
    """A token of a new session for an account whose owner has just proved to be who they are."""
    device_token = await note_sign_in(context, account, device)
    return SignedIn(account, context.ports.tokens.issue(account.id, new_id()), device_token)


async def note_sign_in(context: RequestContext, account: Account, device: str | None = None) -> str:
    """Remembers when, and from which device and address. The device's token: the given one, or a new one.

    A token is only taken over as it is where the account knows it; anybody could have made it up.
    """
    account.last_signed_in_at = context.access.instant

    async def work(session: Session) -> None:
        await change_account(context, session, {"_id": account.id}, {"last_signed_in_at": account.last_signed_in_at})

    await transact(context, work)
    return await remember(context, account.email, device)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCriteria:
    email: str | None = None
    role: Role | None = None
    status: list[AccountStatus] | None = None

    def filter(self) -> Filter:
        within: Filter = {}
        if self.email is not None:
            within["email"] = AccountEmail.lookup(normalized_email(self.email))
        if self.role is not None:
            within["roles"] = self.role.value
        if self.status is not None:
            within["status"] = {"$in": [status.value for status in self.status]}
        return within


def by_email(descending: bool) -> SealedOrder:
    return SealedOrder("email", descending, key=AccountEmail.opened)


async def find_accounts(context: RequestContext, criteria: AccountCriteria, order: Order, request: PageRequest) -> Page[Account]:
    return await find_page(Account, context.access, criteria.filter(), order, request)
