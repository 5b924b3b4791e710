"""Shows the forms and takes what is typed into them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ohms_graphql.account_pages.form import SIGN_IN, AccountForm, Done, Typed
from ohms_graphql.account_pages.form_body import UnreadableForm, read_form
from ohms_graphql.account_pages.forms import FORMS
from ohms_graphql.account_pages.problems import problems_of, status_of
from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.oauth.sign_in_page import DEVICE_COOKIE
from ohms_graphql.pages.cookies import BrowserCookie
from ohms_graphql.pages.csrf import ForeignForm, FormGuard
from ohms_graphql.pages.renderer import Problem, message_page, render
from resolvers.audit.asked import Asked
from resolvers.audit.settling import settle
from resolvers.context import RequestContext
from resolvers.errors import ExpectedError
from resolvers.user_errors import Rejected

OpenContext = Callable[[str | None, str], Awaitable[RequestContext]]


class Caller(Protocol):
    async def token(self, request: Request) -> str | None: ...


def account_page_routes(guard: FormGuard, cookie: BrowserCookie, caller: Caller, open_context: OpenContext) -> list[Route]:
    """GET and POST of every form in forms.py."""
    pages = _Pages(guard, cookie, caller, open_context)
    return [Route(form.path, pages.endpoint(form), methods=["GET", "POST"]) for form in FORMS]


class _Pages:
    def __init__(self, guard: FormGuard, cookie: BrowserCookie, caller: Caller, open_context: OpenContext) -> None:
        self._guard = guard
        self._cookie = cookie
        self._caller = caller
        self._open_context = open_context

    def endpoint(self, form: AccountForm) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                context = await self._context(request, form)
                if context is None:
                    return render(
                        "account_done.html", title=form.title, message="Please sign in first.", links=[SIGN_IN], status=401
                    )
                return await self._post(request, form, context) if request.method == "POST" else self._show(request, form, {})
            except ForeignForm as refusal:
                return message_page("This form cannot be taken", str(refusal), status=403)
            except UnreadableForm as refusal:
                return message_page("This form cannot be taken", str(refusal), status=refusal.status)

        return answer

    async def _context(self, request: Request, form: AccountForm) -> RequestContext | None:
        """None where somebody must be signed in and is not. Other forms have no caller, whoever sits at the browser."""
        client_address = request.client.host if request.client else ""
        try:
            token = await self._caller.token(request) if form.for_members else None
            if form.for_members and token is None:
                return None
            context = await self._open_context(token, client_address)
        except InvalidToken:
            return None
        context.asked = Asked(f"page {form.path}", is_change=True)
        return context

    async def _post(self, request: Request, form: AccountForm, context: RequestContext) -> Response:
        sent = await read_form(request)
        self._guard.check(request, self._cookie.read(request), sent.get("csrf_token"))
        typed = {field.name: sent.get(field.name, "") for field in form.fields}
        try:
            try:
                await form.action(context, typed, request.cookies.get(DEVICE_COOKIE))
            finally:
                await settle(context)  # what was tried in vain is in the audit trail as well
        except Rejected as rejection:
            status, headers = status_of(rejection.errors)
            response = self._show(request, form, typed, problems_of(form, rejection), status)
            response.headers.update(headers)
            return response
        except ExpectedError as refusal:
            return self._show(request, form, typed, [Problem(refusal.message)], 503)
        if isinstance(form.done, Done):
            return render("account_done.html", title=form.done.title, message=form.done.message, links=[form.done.link])
        return RedirectResponse(form.done, 303)

    def _show(
        self, request: Request, form: AccountForm, typed: Typed, problems: Sequence[Problem] = (), status: int = 200
    ) -> Response:
        known = self._cookie.read(request)
        value = known or self._cookie.fresh()
        asked_for = {problem.field for problem in problems} | {name for name, text in typed.items() if text}
        fields = [field for field in form.fields if not field.only_when_asked_for or field.name in asked_for]
        response = render(
            "account_form.html",
            title=form.title,
            problems=problems,
            status=status,
            form=form,
            fields=[(field, field.shown(typed)) for field in fields],
            csrf_token=self._guard.token(value),
        )
        if known is None:
            self._cookie.set(response, value)
        return response
