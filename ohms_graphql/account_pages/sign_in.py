"""/sign-in: signing in for the account pages themselves, with no application waiting for it."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.account import Account
from models.base import now
from ohms_graphql.account_pages.form import SIGN_IN, Link
from ohms_graphql.oauth.browser_sessions import BrowserSessions
from ohms_graphql.oauth.page_form import PageForm
from ohms_graphql.oauth.sign_in_page import SignInPage
from ohms_graphql.pages.csrf import ForeignForm
from ohms_graphql.pages.renderer import message_page, render
from resolvers.context import RequestContext

SIGN_OUT = Link("Sign out", "/oauth/logout")
VERIFY = Link("Verify your e-mail address", "/account/request-verification")


class AccountSignIn:
    """The same page as at the authorization endpoint. It leads back to itself: there is no address to be sent on to."""

    def __init__(
        self,
        page: SignInPage,
        sessions: BrowserSessions,
        form_of: Callable[[Request], PageForm],
        open_context: Callable[[str | None, str], Awaitable[RequestContext]],
    ) -> None:
        self._page = page
        self._sessions = sessions
        self._form_of = form_of
        self._open_context = open_context

    async def __call__(self, request: Request) -> Response:
        if request.url.query:
            return RedirectResponse(SIGN_IN.path, 303)
        form = self._form_of(request)
        if request.method != "POST":
            found = await self._sessions.find(request, now())
            return self._page.show(request, form) if found is None else _welcome(found[1])
        try:
            entered = await form.read()
        except ForeignForm as foreign:
            return message_page("This form cannot be used", str(foreign), status=403)
        context = await self._open_context(None, request.client.host if request.client else "")
        return await self._page.signed_in(request, form, entered, context)


def _welcome(account: Account) -> Response:
    links = [SIGN_OUT] if account.email_verified_at else [VERIFY, SIGN_OUT]
    return render("account_done.html", title="You are signed in", message=f"As {account.email}.", links=links)
