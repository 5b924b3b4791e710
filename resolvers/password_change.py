"""Changing a password, knowing the one before."""

from resolvers.account_changes import all_sessions_ended, change_account, own_account
from resolvers.context import RequestContext
from resolvers.notices import tell_owner
from resolvers.one_time_codes import void_codes
from resolvers.password_rules import check_new_password
from resolvers.ports import Session
from resolvers.sign_in import ask_password
from resolvers.transactions import transact
from resolvers.user_errors import Conflict, Rejected


async def change_password(context: RequestContext, current: str, new: str) -> None:
    """Ends all other sessions of the account and voids codes that are out; the session that is asking goes on.

    Raises Rejected: InvalidInput for the new password, InvalidCredentials, TooManyAttempts, Conflict when it was changed since.
    """
    account = await own_account(context)
    check_new_password(new, ["newPassword"])
    await ask_password(context, account, current, ["currentPassword"])
    password_hash = await context.ports.passwords.hash(new)

    async def work(session: Session) -> None:
        unchanged = {"_id": account.id, "password_hash": account.password_hash}
        changes = {"password_hash": password_hash, **all_sessions_ended(keep=context.principal.session_id)}
        if await change_account(context, session, unchanged, changes) is None:
            raise Rejected(Conflict(message="The password was changed just now: sign in again.", path=["currentPassword"]))
        await void_codes(session, account.id)

    await transact(context, work)
    await tell_owner(context, account.email, "The password of your account was changed.")
