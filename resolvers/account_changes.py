"""Writing to accounts: conditionally, and noted in the audit trail."""

from typing import Any

from pymongo import ReturnDocument

from models.account import Account
from models.identity import new_id
from resolvers.context import RequestContext
from resolvers.errors import Unauthenticated
from resolvers.persons import must_be_a_person
from resolvers.ports import Session
from resolvers.queries import Filter


async def change_account(context: RequestContext, session: Session, which: Filter, changes: dict[str, Any]) -> Account | None:
    """The account after the change, or None where none is as ``which`` says: the condition and the write are one step."""
    row = await Account.get_pymongo_collection().find_one_and_update(
        which,
        {"$set": {**changes, "updated_at": context.access.instant}, "$inc": {"revision": 1}},
        session=session,
        return_document=ReturnDocument.AFTER,
    )
    if row is None:
        return None
    context.trail.changed("Account", row["_id"], None, [name.split(".")[0] for name in changes])
    return await Account.get(row["_id"], session=session)


def all_sessions_ended(keep: str | None = None) -> dict[str, Any]:
    """The change that ends every session that has begun until now, but for ``keep``."""
    return {"sessions_from": new_id(), "kept_session_id": keep, "ended_sessions": []}


async def own_account(context: RequestContext) -> Account:
    """The caller's account. Raises Forbidden for a service, Unauthenticated where it is gone."""
    must_be_a_person(context)
    account = await Account.get(context.principal.account_id)
    if account is None:
        raise Unauthenticated
    return account
