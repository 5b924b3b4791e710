"""Giving and taking roles. It binds with the account's next operation, and within a second on what is open."""

from collections.abc import Sequence

from pymongo.errors import DuplicateKeyError

from models.account import Account
from models.role import Role
from resolvers.account_changes import change_account
from resolvers.account_links import Links, check_roles, taken
from resolvers.administrators import keep_one_administrator, must_still_administrate
from resolvers.context import RequestContext
from resolvers.notices import tell_owner
from resolvers.persons import must_be_a_person
from resolvers.ports import Session
from resolvers.transactions import transact
from resolvers.user_errors import Conflict, NotFound, Rejected


async def assign_roles(
    context: RequestContext, account_id: str, roles: Sequence[Role], links: Links, expected: Sequence[Role] | None
) -> Account:
    """The account with these roles and no others; its owner is told. Noted in the audit trail, one's own as well.

    Raises Rejected: NotFound, InvalidInput by path, Conflict when the roles are not as ``expected`` any more, when the patient or
    provider has another account, or when no administrator would be left. Raises Forbidden for a service.
    """
    must_be_a_person(context)

    async def work(session: Session) -> Account:
        await must_still_administrate(context, session)
        account = await Account.get(account_id, session=session)
        if account is None:
            raise Rejected(NotFound(message="No such account.", path=["account"]))
        if expected is not None and set(expected) != set(account.roles):
            held = ", ".join(sorted(account.roles))
            raise Rejected(Conflict(message=f"The roles are {held} by now: look again.", path=["expectedRoles"]))
        after = links.onto(account)
        assigned = await check_roles(roles, links, after, session)
        if Role.ADMIN not in assigned:
            await keep_one_administrator(session, account)
        changes = {"roles": [*map(str, assigned)], "patient_id": after.patient_id, "provider_id": after.provider_id}
        changed = await change_account(context, session, {"_id": account.id}, changes)
        if changed is None:
            raise Rejected(NotFound(message="No such account.", path=["account"]))
        return changed

    try:
        account = await transact(context, work)
    except DuplicateKeyError as error:
        raise taken(error) from error
    await tell_owner(context, account.email, f"The roles of your account are now: {', '.join(sorted(account.roles))}.")
    return account
