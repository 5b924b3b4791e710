"""The sign-in page and the page that asks for the second factor's code."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.account import Account, AccountEmail, normalized_email
from ohms_graphql.oauth.browser_sessions import BrowserSessions
from ohms_graphql.oauth.page_form import PageForm
from ohms_graphql.oauth.second_step import opened_step, sealed_step
from ohms_graphql.pages.renderer import Problem, render
from resolvers.accounts import note_sign_in
from resolvers.audit.asked import Asked
from resolvers.audit.settling import settle
from resolvers.context import RequestContext
from resolvers.sign_in import ask_second_factor, prove_identity
from resolvers.user_errors import Rejected, SecondFactorRequired

DEVICE_COOKIE = "ohms_device"
_DEVICE_SECONDS = 180 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Provider:
    """An outside identity provider, as a link: the path of its sign-in, and its name for people."""

    path: str
    label: str


class SignInPage:
    """``secure`` cookies outside development."""

    def __init__(self, sessions: BrowserSessions, providers: Sequence[Provider], *, secure: bool) -> None:
        self._sessions = sessions
        self._providers = providers
        self._secure = secure

    def show(self, request: Request, form: PageForm, problems: Sequence[Problem] = (), email: str = "") -> Response:
        page = render(
            "sign_in.html",
            title="Sign in",
            problems=problems,
            status=400 if problems else 200,
            leads_to=_leads_to(request),
            action=_here(request),
            query=request.url.query,
            csrf_token=form.token,
            email=email,
            providers=self._providers,
        )
        return form.answer(page)

    async def signed_in(self, request: Request, form: PageForm, entered: FormData, context: RequestContext) -> Response:
        """The next page: on with what was asked for, the second factor, or the same page with what is wrong."""
        context.asked = Asked("oauth.signIn", is_change=True)
        email, password = str(entered.get("email", "")), str(entered.get("password", ""))
        device = request.cookies.get(DEVICE_COOKIE)
        try:
            if "step" in entered:
                return await self._second(request, form, entered, context)
            account = await prove_identity(context, email, password, None, device)
            return await self._welcome(request, context, account)
        except Rejected as rejection:
            if any(isinstance(error, SecondFactorRequired) for error in rejection.errors):
                account = await _owner(email)
                return self._ask_code(request, form, context, account)
            problems = [
                Problem(error.message, "password" if error.path == ["password"] else "email") for error in rejection.errors
            ]
            return self.show(request, form, problems, email)
        finally:
            await settle(context)

    async def _second(self, request: Request, form: PageForm, entered: FormData, context: RequestContext) -> Response:
        account = await opened_step(context.ports.sealer, str(entered["step"]), form.value, context.access.instant)
        if account is None:
            return self.show(request, form, [Problem("That took too long: enter your password again.", "password")])
        try:
            await ask_second_factor(context, account, str(entered.get("code", "")).strip() or None)
        except Rejected as rejection:
            wrong = any(error.code == "INVALID_CREDENTIALS" for error in rejection.errors)
            message = "The code is wrong." if wrong else rejection.errors[0].message
            return self._ask_code(request, form, context, account, [Problem(message, "code")])
        return await self._welcome(request, context, account)

    def _ask_code(
        self,
        request: Request,
        form: PageForm,
        context: RequestContext,
        account: Account,
        problems: Sequence[Problem] = (),
    ) -> Response:
        page = render(
            "second_factor.html",
            title="Enter your code",
            problems=problems,
            status=400 if problems else 200,
            leads_to=_leads_to(request),
            action=_here(request),
            csrf_token=form.token,
            step=sealed_step(context.ports.sealer, account, form.value, context.access.instant),
        )
        return form.answer(page)

    async def _welcome(self, request: Request, context: RequestContext, account: Account) -> Response:
        device = await note_sign_in(context, account, request.cookies.get(DEVICE_COOKIE))
        response = RedirectResponse(_here(request), 303)
        await self._sessions.begin(request, response, account.id, context.access.instant)
        response.set_cookie(
            DEVICE_COOKIE, device, max_age=_DEVICE_SECONDS, path="/", httponly=True, samesite="lax", secure=self._secure
        )
        return response


async def _owner(email: str) -> Account:
    account = await Account.find_one({"email": AccountEmail.lookup(normalized_email(email))})
    if account is None:  # cannot be: the password was right
        raise RuntimeError("the account went away during sign-in")
    return account


def _here(request: Request) -> str:
    """Back to the same request: our own path, never an address that somebody gave."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def _leads_to(request: Request) -> str | None:
    """The origin of the client's redirect address, which the authorization endpoint has checked."""
    address = urlsplit(request.query_params.get("redirect_uri", ""))
    return f"{address.scheme}://{address.netloc}" if address.scheme in {"http", "https"} and address.netloc else None
