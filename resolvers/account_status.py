"""Closing accounts, and opening them again."""

from models.account import Account, AccountKind, AccountStatus
from resolvers.account_changes import all_sessions_ended, change_account
from resolvers.administrators import keep_one_administrator, must_still_administrate
from resolvers.context import RequestContext
from resolvers.notices import tell_owner
from resolvers.one_time_codes import void_codes
from resolvers.persons import must_be_a_person
from resolvers.ports import Session
from resolvers.transactions import transact
from resolvers.user_errors import Conflict, NotFound, Rejected


async def deactivate_account(context: RequestContext, account_id: str) -> Account:
    """Ends every session at once and voids codes that are out.

    Raises Rejected: NotFound, Conflict where it is closed already or no administrator would be left; Forbidden for a service.
    """
    must_be_a_person(context)

    async def work(session: Session) -> Account:
        await must_still_administrate(context, session)
        account = await _read(account_id, session)
        await keep_one_administrator(session, account)
        open_still = {"_id": account.id, "status": {"$ne": AccountStatus.DEACTIVATED.value}}
        changes = {"status": AccountStatus.DEACTIVATED.value, **all_sessions_ended()}
        changed = await change_account(context, session, open_still, changes)
        if changed is None:
            raise Rejected(Conflict(message="The account is closed already.", path=["account"]))
        await void_codes(session, account.id)
        return changed

    account = await transact(context, work)
    await tell_owner(context, account.email, "Your account was closed.")
    return account


async def reactivate_account(context: RequestContext, account_id: str) -> Account:
    """Opens a closed or locked account. One whose owner never came in is INVITED again, and needs another invitation.

    Raises Rejected: NotFound, Conflict where it is open already; Forbidden for a service.
    """
    must_be_a_person(context)

    async def work(session: Session) -> Account:
        await must_still_administrate(context, session)
        account = await _read(account_id, session)
        came_in = account.password_hash is not None or bool(account.identities) or account.kind is AccountKind.SERVICE
        status = AccountStatus.ACTIVE if came_in else AccountStatus.INVITED
        closed = {"_id": account.id, "status": {"$in": [AccountStatus.DEACTIVATED.value, AccountStatus.LOCKED.value]}}
        changed = await change_account(context, session, closed, {"status": status.value})
        if changed is None:
            raise Rejected(Conflict(message="The account is open already.", path=["account"]))
        return changed

    account = await transact(context, work)
    await tell_owner(context, account.email, "Your account was opened again.")
    return account


async def _read(account_id: str, session: Session) -> Account:
    account = await Account.get(account_id, session=session)
    if account is None:
        raise Rejected(NotFound(message="No such account.", path=["account"]))
    return account
