"""The OAuth server with its pages, as the application holds it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from starlette.requests import Request
from starlette.routing import BaseRoute

from ohms_graphql.access_tokens import AccessTokens
from ohms_graphql.background import running
from ohms_graphql.oauth.authorization_server import CoreServer
from ohms_graphql.oauth.authorize_page import AuthorizePage, OpenContext
from ohms_graphql.oauth.browser_sessions import BrowserSessions
from ohms_graphql.oauth.grant_store import GrantStore
from ohms_graphql.oauth.key_watch import KeyWatch
from ohms_graphql.oauth.machine_endpoints import MachineEndpoints
from ohms_graphql.oauth.page_form import PageForm
from ohms_graphql.oauth.routes import oauth_routes
from ohms_graphql.oauth.sign_in_page import Provider, SignInPage
from ohms_graphql.oauth.sign_out_page import SignOutPage
from ohms_graphql.oauth.signing_keys import SigningKeys
from ohms_graphql.pages.cookies import BrowserCookie
from ohms_graphql.pages.csrf import FormGuard
from ohms_graphql.sealer import JweSealer


class OAuth:
    """Works inside ``running``, which needs the database."""

    def __init__(
        self,
        tokens: AccessTokens,
        secret: str,
        open_context: OpenContext,
        clock: Callable[[], datetime],
        *,
        in_production: bool,
        providers: Sequence[Provider] = (),
    ) -> None:
        self._tokens = tokens
        self._clock = clock
        self._cookie = BrowserCookie(tokens.issuer, in_production=in_production)
        self._guard = FormGuard(secret, tokens.issuer)
        self.sessions = BrowserSessions(self._cookie)
        self._keys = KeyWatch(SigningKeys(JweSealer(secret), tokens.lifetime), tokens, clock)
        self._server: CoreServer
        secure = in_production or tokens.issuer.startswith("https:")
        self.sign_in = SignInPage(self.sessions, providers, secure=secure)
        self._authorize = AuthorizePage(lambda: self._server, self.sessions, self.sign_in, self.form_of, open_context)

    def form_of(self, request: Request) -> PageForm:
        return PageForm(request, self._cookie, self._guard)

    def routes(self) -> list[BaseRoute]:
        machines = MachineEndpoints(lambda: self._server)
        return oauth_routes(machines, self._authorize, SignOutPage(lambda: self._server, self.sessions, self.form_of))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self._server = CoreServer(self._tokens, GrantStore(self._tokens.lifetime), self._clock)
        await self._keys.open()
        async with running(self._keys.run()):
            yield

    async def read_keys_again(self) -> None:
        await self._keys.read_again()
