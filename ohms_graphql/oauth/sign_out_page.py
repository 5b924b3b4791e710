"""Signing out: RP-initiated logout of OpenID Connect, confirmed by the person, so that no foreign page can do it."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ohms_graphql.oauth.authorization_server import CoreServer
from ohms_graphql.oauth.browser_sessions import BrowserSessions
from ohms_graphql.oauth.page_form import PageForm
from ohms_graphql.pages.csrf import ForeignForm
from ohms_graphql.pages.renderer import message_page, render


class SignOutPage:
    """Ends the browser's sign-in and everything that was granted in it, then goes back to the client if it may."""

    def __init__(
        self, server: Callable[[], CoreServer], sessions: BrowserSessions, form_of: Callable[[Request], PageForm]
    ) -> None:
        self._server = server
        self._sessions = sessions
        self._form_of = form_of

    async def __call__(self, request: Request) -> Response:
        form, server = self._form_of(request), self._server()
        found = await self._sessions.find(request, server.clock())
        if request.method == "POST":
            try:
                await form.read()
            except ForeignForm as foreign:
                return message_page("This form cannot be used", str(foreign), status=403)
        elif found is not None:
            action = f"{request.url.path}?{request.url.query}"
            leads_to = await self._origin(request)
            page = render(
                "sign_out.html", title="Sign out", leads_to=leads_to, action=action, csrf_token=form.token, email=found[1].email
            )
            return form.answer(page)
        back = await self._address(request)
        done = message_page("You are signed out", "You can close this page.", status=200)
        response = done if back is None else RedirectResponse(back, 303)
        if found is not None:
            await server.store.end_all_of_browser(found[0].id, server.clock())
            await self._sessions.end(found[0], response)
        return response

    async def _address(self, request: Request) -> str | None:
        """Where the client wants the browser back: only an address that is registered for it."""
        asked, client_id = request.query_params.get("post_logout_redirect_uri"), request.query_params.get("client_id")
        client = await self._server().find_client(client_id) if client_id else None
        return asked if asked and client is not None and client.check_redirect_uri(asked) else None

    async def _origin(self, request: Request) -> str | None:
        address = await self._address(request)
        return None if address is None else "/".join(address.split("/", 3)[:3])
