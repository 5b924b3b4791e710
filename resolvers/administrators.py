"""That the clinic always has an administrator, and a person, also when two take each other away at the same moment."""

from typing import Any

from models.account import Account, AccountKind, AccountStatus
from models.role import Role
from resolvers.context import RequestContext
from resolvers.errors import Forbidden
from resolvers.ports import Session
from resolvers.user_errors import Conflict, Rejected


def is_active_administrator(account: Account) -> bool:
    person = account.kind is AccountKind.PERSON
    return person and account.status is AccountStatus.ACTIVE and Role.ADMIN in account.roles


async def keep_one_administrator(session: Session, leaving: Account) -> None:
    """Called in the transaction that takes ``leaving`` from the administrators. Raises Rejected when nobody would be left.

    It writes to all others: of two transactions that do so at once, one conflicts, runs again, and sees what the other did.
    """
    if not is_active_administrator(leaving):
        return
    others: dict[str, Any] = {
        "_id": {"$ne": leaving.id},
        "kind": {"$ne": AccountKind.SERVICE.value},
        "roles": Role.ADMIN.value,
        "status": AccountStatus.ACTIVE.value,
    }
    kept = await Account.get_pymongo_collection().update_many(others, {"$inc": {"revision": 1}}, session=session)
    if kept.matched_count == 0:
        message = "This is the last active administrator: make another one first."
        raise Rejected(Conflict(message=message, code="LAST_ADMINISTRATOR", path=["account"]))


async def must_still_administrate(context: RequestContext, session: Session) -> None:
    """Raises Forbidden for a caller who was an administrator when the operation began, and is none any more."""
    caller = await Account.get(context.principal.account_id, session=session)
    if caller is None or not is_active_administrator(caller):
        raise Forbidden
