"""Who is signed in to this browser, as a bearer token."""

from starlette.requests import Request

from models.base import now
from ohms_graphql.access_tokens import AccessTokens
from ohms_graphql.oauth.browser_sessions import BrowserSessions


class BrowserCaller:
    def __init__(self, sessions: BrowserSessions, tokens: AccessTokens) -> None:
        self._sessions = sessions
        self._tokens = tokens

    async def token(self, request: Request) -> str | None:
        """A token of the browser's session, for use within this request; None when nobody is signed in.

        A token, so that account, roles and session are checked where every token's are.
        """
        found = await self._sessions.find(request, now())
        return None if found is None else self._tokens.issue(found[1].id, found[0].id).value
