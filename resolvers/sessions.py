"""Ending sessions, each on every device and at once: tokens are held to what the account says."""

from models.account import Account
from models.oauth_grant import OAuthGrant
from resolvers.account_changes import all_sessions_ended, change_account, own_account
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.transactions import transact


async def sign_out(context: RequestContext) -> None:
    """Ends the session that is asking. Nothing happens for a token without one.

    The note of it is kept until the last token that was issued for the session has ended: one issued now ends no earlier.
    """
    account = await own_account(context)
    session_id = context.principal.session_id
    if session_id is None:
        return
    last_expiry = context.ports.tokens.issue(account.id, session_id).expires_at
    instant = context.access.instant

    async def work(session: Session) -> None:
        running = {
            "$filter": {
                "input": {"$ifNull": ["$ended_sessions", []]},
                "as": "ended",
                "cond": {"$gt": ["$$ended.expires_at", instant]},
            }
        }
        ended = {"$literal": {"id": session_id, "expires_at": last_expiry}}
        await Account.get_pymongo_collection().update_one(
            {"_id": account.id},
            [{"$set": {"ended_sessions": {"$concatArrays": [running, [ended]]}, "revision": {"$add": ["$revision", 1]}}}],
            session=session,
        )
        # Refresh tokens outlive that note: the grant that they belong to is over as well.
        await OAuthGrant.get_pymongo_collection().update_one(
            {"_id": session_id}, {"$set": {"revoked_at": instant}}, session=session
        )
        context.trail.changed("Account", account.id, None, ["ended_sessions"])

    await transact(context, work)


async def end_other_sessions(context: RequestContext) -> None:
    """Ends every session of the caller but the one that is asking."""
    account = await own_account(context)

    async def work(session: Session) -> None:
        kept = context.principal.session_id
        await change_account(context, session, {"_id": account.id}, all_sessions_ended(keep=kept))

    await transact(context, work)
