"""Who is signed in in a browser."""

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from models.account import Account, AccountStatus
from models.browser_session import BrowserSession
from ohms_graphql.pages.cookies import BrowserCookie, cookie_digest

_LIFETIME = timedelta(hours=12)


class BrowserSessions:
    """Begun by a sign-in of any kind, found by the cookie, ended by signing out."""

    def __init__(self, cookie: BrowserCookie) -> None:
        self._cookie = cookie

    async def begin(self, request: Request, response: Response, account_id: str, instant: datetime) -> None:
        """Signs the browser in, with a new cookie; the one before is worth nothing any more."""
        before = self._cookie.read(request)
        if before is not None:
            await BrowserSession.find_one({"digest": cookie_digest(before)}).delete()
        fresh = self._cookie.fresh()
        await BrowserSession(
            digest=cookie_digest(fresh), account_id=account_id, authenticated_at=instant, expires_at=instant + _LIFETIME
        ).insert()
        self._cookie.set(response, fresh)

    async def find(self, request: Request, instant: datetime) -> tuple[BrowserSession, Account] | None:
        """None for nobody, for an account that is closed, and for a session that its account has ended."""
        value = self._cookie.read(request)
        if value is None:
            return None
        session = await BrowserSession.find_one({"digest": cookie_digest(value), "expires_at": {"$gt": instant}})
        account = None if session is None else await Account.get(session.account_id)
        if session is None or account is None or account.status is not AccountStatus.ACTIVE:
            return None
        return (session, account) if account.session_is_live(session.id) else None

    async def end(self, session: BrowserSession, response: Response) -> None:
        await session.delete()
        self._cookie.clear(response)
