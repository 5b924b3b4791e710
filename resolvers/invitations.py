"""Inviting people: an account that waits for its owner, who comes in by a mailed code."""

from collections.abc import Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from models.account import Account, AccountEmail, AccountKind, AccountStatus, normalized_email
from models.one_time_code import CodePurpose
from models.role import Role
from resolvers.account_changes import change_account
from resolvers.account_links import Links, check_roles, taken
from resolvers.accounts import SignedIn, welcome
from resolvers.administrators import must_still_administrate
from resolvers.context import RequestContext
from resolvers.one_time_codes import count_try, recipient, use_code, write_code, wrong_code
from resolvers.password_rules import check_new_password
from resolvers.persons import must_be_a_person
from resolvers.ports import Mail, Session
from resolvers.profile import email_is_valid
from resolvers.proxies import bind_proxies
from resolvers.throttling import Limit, count_attempt
from resolvers.transactions import transact
from resolvers.user_errors import Conflict, InvalidInput, Rejected

_PURPOSE = CodePurpose.INVITATION
_INVITATIONS = 100


async def invite_user(context: RequestContext, email: str, roles: Sequence[Role], links: Links) -> Account:
    """Makes an INVITED account and mails a code. Inviting again changes what was offered and voids the code before.

    Raises Rejected: InvalidInput and NotFound by path, Conflict for an address, patient or provider that has an account already,
    TooManyAttempts; ExpectedError where no mail can be sent.
    """
    if not email_is_valid(email.strip()):
        raise Rejected(InvalidInput(message="Is not an e-mail address.", path=["email"]))
    context.ports.mailer.check_ready()
    must_be_a_person(context)
    inviting = Limit("invitation", context.principal.account_id or "", _INVITATIONS)
    await count_attempt([inviting], context.access.instant)
    address = normalized_email(email)

    async def work(session: Session) -> tuple[Account, str]:
        await must_still_administrate(context, session)
        waiting = await Account.find_one({"email": AccountEmail.lookup(address)}, session=session)
        if waiting is not None and waiting.status is not AccountStatus.INVITED:
            raise Rejected(Conflict(message="This address has an account already.", path=["email"]))
        after = links.onto(waiting)
        offered = await check_roles(roles, links, after, session)
        account = await _write(context, session, waiting, address, offered, after)
        return account, await write_code(context, session, _PURPOSE, recipient(account))

    try:
        account, code = await transact(context, work)
    except DuplicateKeyError as error:
        raise taken(error) from error
    await context.ports.mailer.send(_mail(address, code))
    return account


async def accept_invitation(context: RequestContext, code: str, password: str) -> SignedIn:
    """Raises Rejected: InvalidInput for the password or code, TooManyAttempts."""
    check_new_password(password, ["password"])
    await count_try(context, _PURPOSE)
    password_hash = await context.ports.passwords.hash(password)

    async def work(session: Session) -> Account:
        account_id = await use_code(context, session, _PURPOSE, code)
        changes = {
            "password_hash": password_hash,
            "status": AccountStatus.ACTIVE.value,
            "email_verified_at": context.access.instant,
        }
        waiting = {"_id": account_id, "status": AccountStatus.INVITED.value, "kind": AccountKind.PERSON.value}
        account = await change_account(context, session, waiting, changes)
        if account is None:
            raise Rejected(wrong_code(_PURPOSE))
        await bind_proxies(account, session)
        return account

    return await welcome(context, await transact(context, work))


async def _write(
    context: RequestContext, session: Session, waiting: Account | None, address: str, roles: list[Role], links: Links
) -> Account:
    offered: dict[str, Any] = {"roles": roles, "patient_id": links.patient_id, "provider_id": links.provider_id}
    if waiting is None:
        account = Account(email=address, status=AccountStatus.INVITED, **offered)
        await account.insert(session=session)
        context.trail.changed("Account", account.id, None, ["email", "status", *offered])
        return account
    changed = await change_account(
        context, session, {"_id": waiting.id, "status": AccountStatus.INVITED.value}, {**offered, "roles": [*map(str, roles)]}
    )
    if changed is None:
        raise Rejected(Conflict(message="This address has an account already.", path=["email"]))
    return changed


def _mail(address: str, code: str) -> Mail:
    text = (
        f"The clinic invites you to its portal. Your code, good for 7 days:\n\n{code}\n\n"
        "Type it in where the portal asks for an invitation, and choose a password."
    )
    return Mail(to=address, subject="Your invitation", text=text)
