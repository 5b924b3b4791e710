"""Accounts of people whom an outside identity provider vouches for, known by its issuer and their subject there."""

import hashlib
from dataclasses import dataclass

from pymongo.errors import DuplicateKeyError

from models.account import Account, AccountEmail, AccountStatus, ExternalIdentity, IdentitySubject, normalized_email
from models.role import Role
from resolvers.account_changes import change_account
from resolvers.administrators import keep_one_administrator
from resolvers.context import RequestContext
from resolvers.encoding import stored_part
from resolvers.ports import Session
from resolvers.profile import email_is_valid
from resolvers.transactions import transact
from resolvers.user_errors import Conflict, InvalidCredentials, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What a provider says of a person. ``roles`` are those that it gives, ``managed`` those that it may give and take."""

    issuer: str
    subject: str
    roles: frozenset[Role]
    managed: frozenset[Role]
    email: str | None = None
    email_trusted: bool = False


async def enter(context: RequestContext, person: Vouched) -> Account:
    """The active account of the person, made or linked at the first time, with the roles that the provider gives today.

    Raises Rejected: NO_ROLE where none is left, ACCOUNT_EXISTS where the address is another account's, InvalidCredentials for a
    closed account.
    """
    account = await find_outside(person.issuer, person.subject) or await _first_time(context, person)
    if account.status is not AccountStatus.ACTIVE:
        raise Rejected(InvalidCredentials(message="This account is closed.", path=[]))
    return await _with_roles(context, account, person)


async def find_outside(issuer: str, subject: str) -> Account | None:
    return await Account.find_one({"identities": {"$elemMatch": {"issuer": issuer, "subject": IdentitySubject.lookup(subject)}}})


async def _first_time(context: RequestContext, person: Vouched) -> Account:
    if not person.roles:
        raise Rejected(_no_role())
    try:
        return await transact(context, lambda session: _link_or_make(context, person, session))
    except DuplicateKeyError:  # two first times at once: the unique index let one in
        account = await find_outside(person.issuer, person.subject)
        if account is None:
            raise Rejected(_taken()) from None
        return account


async def _link_or_make(context: RequestContext, person: Vouched, session: Session) -> Account:
    identity = ExternalIdentity(issuer=person.issuer, subject=person.subject)
    claimed = _claimed(person)
    if claimed and await Account.find({"email": AccountEmail.lookup(claimed)}).exists():
        # Whoever can name an address there must not get the account here: both sides must have verified it.
        mine = {
            "email": AccountEmail.lookup(claimed),
            "email_verified_at": {"$ne": None},
            "status": AccountStatus.ACTIVE.value,
            "second_factor.confirmed_at": None,  # the provider knows nothing of it: it must not open a way round
        }
        linked = None
        if person.email_trusted:
            row = await Account.get_pymongo_collection().find_one_and_update(
                mine, {"$addToSet": {"identities": stored_part(Account, identity)}, "$inc": {"revision": 1}}, session=session
            )
            linked = None if row is None else await Account.get(row["_id"], session=session)
        if linked is None:
            raise Rejected(_taken())
        context.trail.changed("Account", linked.id, None, ["identities"])
        return linked
    verified_at = context.access.instant if person.email_trusted else None
    account = Account(email=_address(person), roles=sorted(person.roles), identities=[identity], email_verified_at=verified_at)
    await account.insert(session=session)
    context.trail.changed("Account", account.id, None, ["email", "identities", "roles"])
    return account


async def _with_roles(context: RequestContext, account: Account, person: Vouched) -> Account:
    """What the provider may give is as it says; other roles stay."""
    roles = sorted((set(account.roles) - person.managed) | person.roles)
    if roles == sorted(account.roles):
        return account

    async def work(session: Session) -> Account | None:
        if Role.ADMIN not in roles:
            await keep_one_administrator(session, account)
        return await change_account(context, session, {"_id": account.id, "roles": account.roles}, {"roles": roles})

    changed = await transact(context, work)
    if not roles:
        raise Rejected(_no_role())
    return changed or account


def _address(person: Vouched) -> str:
    """An account needs an address: the one that the provider has verified, or one that can never be written to.

    Not one that it only claims: whoever owns that would move in by resetting the password, and the stranger would still be in.
    """
    claimed = _claimed(person)
    if claimed and person.email_trusted:
        return claimed
    digest = hashlib.sha256(f"{person.issuer}\n{person.subject}".encode()).hexdigest()
    return f"{digest[:24]}@outside.invalid"


def _claimed(person: Vouched) -> str | None:
    return normalized_email(person.email) if person.email is not None and email_is_valid(person.email) else None


def _no_role() -> InvalidCredentials:
    message = "Your organisation gives you no role here: ask your administrator."
    return InvalidCredentials(message=message, code="NO_ROLE", path=[])


def _taken() -> Conflict:
    message = "There is an account with your e-mail address already: sign in with its password, or ask an administrator."
    return Conflict(message=message, code="ACCOUNT_EXISTS", path=[])
