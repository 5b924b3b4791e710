"""Codes, grants and refresh tokens in the database. What is good once is used up by one conditional update."""

import secrets
from datetime import datetime, timedelta

from pymongo import ReturnDocument

from models.account import Account
from models.identity import new_id
from models.oauth_grant import AuthorizationCode, OAuthGrant, RefreshToken
from ohms_graphql.oauth.clients import digest

_CODE_LIFETIME = timedelta(seconds=60)
_SHORT_GRANT = timedelta(hours=12)
_OFFLINE_GRANT = timedelta(days=30)
_TWICE_BY_MISTAKE = timedelta(seconds=5)
"""A code that comes twice within this time came from one impatient client: the second is refused, what the first got stays."""


class GrantStore:
    """``token_lifetime`` is that of access tokens: a session that ended is remembered as long as one of them could live."""

    def __init__(self, token_lifetime: timedelta) -> None:
        self._token_lifetime = token_lifetime

    async def new_code(self, instant: datetime, **granted: str | datetime | None) -> str:
        code = secrets.token_urlsafe(32)
        expires_at = instant + _CODE_LIFETIME
        await AuthorizationCode(id=digest(code), grant_id=new_id(), expires_at=expires_at, **granted).insert()
        return code

    async def use_code(self, code: str, client_id: str, instant: datetime) -> AuthorizationCode | None:
        """The code, which is now used up; None for one that is not this client's, too old or used before.

        One that was used before ends what it gave then: somebody else has it (RFC 6749, 4.1.2).
        """
        codes = AuthorizationCode.get_pymongo_collection()
        mine = {"_id": digest(code), "client_id": client_id}
        row = await codes.find_one_and_update(
            {**mine, "used_at": None, "expires_at": {"$gt": instant}},
            {"$set": {"used_at": instant}},
            return_document=ReturnDocument.AFTER,
        )
        if row is not None:
            code_used: AuthorizationCode = AuthorizationCode.model_validate(row)
            return code_used
        known = await AuthorizationCode.find_one({**mine, "used_at": {"$lt": instant - _TWICE_BY_MISTAKE}})
        if known is not None:
            await self.revoke(known.grant_id, known.account_id, instant)
        return None

    async def begin(self, code: AuthorizationCode, instant: datetime) -> None:
        """The grant that a code stands for."""
        offline = "offline_access" in code.scope.split()
        await OAuthGrant(
            id=code.grant_id,
            client_id=code.client_id,
            account_id=code.account_id,
            scope=code.scope,
            browser_session_id=code.browser_session_id,
            authenticated_at=code.authenticated_at,
            expires_at=instant + (_OFFLINE_GRANT if offline else _SHORT_GRANT),
        ).insert()

    async def find(self, grant_id: str, instant: datetime) -> OAuthGrant | None:
        """A grant that is neither revoked nor over."""
        return await OAuthGrant.find_one({"_id": grant_id, "revoked_at": None, "expires_at": {"$gt": instant}})

    async def keep_refresh_token(self, value: str, grant_id: str) -> None:
        """The next refresh token of a grant, good for as long as the grant."""
        grant = await OAuthGrant.get(grant_id)
        if grant is not None:
            await RefreshToken(
                id=digest(value), grant_id=grant_id, client_id=grant.client_id, expires_at=grant.expires_at
            ).insert()

    async def use_refresh_token(self, value: str, client_id: str, instant: datetime) -> OAuthGrant | None:
        """The grant of a refresh token, which is now used up. One that was used before ends the grant, for whoever has it."""
        mine = {"_id": digest(value), "client_id": client_id}
        row = await RefreshToken.get_pymongo_collection().find_one_and_update(
            {**mine, "used_at": None, "expires_at": {"$gt": instant}}, {"$set": {"used_at": instant}}
        )
        if row is not None:
            return await self.find(row["grant_id"], instant)
        used = await RefreshToken.find_one(mine)
        if used is not None:
            await self.end(used.grant_id, instant)
        return None

    async def grant_of_refresh_token(self, value: str) -> OAuthGrant | None:
        token = await RefreshToken.get(digest(value))
        return None if token is None or token.used_at is not None else await OAuthGrant.get(token.grant_id)

    async def end(self, grant_id: str, instant: datetime) -> None:
        """Ends a grant with all its tokens."""
        grant = await OAuthGrant.get(grant_id)
        if grant is not None:
            await self.revoke(grant_id, grant.account_id, instant)

    async def end_all_of_browser(self, browser_session_id: str, instant: datetime) -> None:
        """Ends what was granted in one sign-in of a browser."""
        async for grant in OAuthGrant.find({"browser_session_id": browser_session_id, "revoked_at": None}):
            await self.revoke(grant.id, grant.account_id, instant)

    async def revoke(self, session_id: str, account_id: str, instant: datetime) -> None:
        """No token of the session is good any more, from the next request on."""
        await OAuthGrant.get_pymongo_collection().update_one({"_id": session_id}, {"$set": {"revoked_at": instant}})
        over = {"id": session_id, "expires_at": instant + self._token_lifetime}
        kept = {
            "$filter": {
                "input": {"$ifNull": ["$ended_sessions", []]},
                "as": "ended",
                "cond": {"$gt": ["$$ended.expires_at", instant]},
            }
        }
        await Account.get_pymongo_collection().update_one(
            {"_id": account_id},
            [
                {
                    "$set": {
                        "ended_sessions": {"$concatArrays": [kept, [{"$literal": over}]]},
                        "revision": {"$add": ["$revision", 1]},
                    }
                }
            ],
        )
