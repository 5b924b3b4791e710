"""The account pages with what they need of the application."""

from starlette.routing import Route

from ohms_graphql.access_tokens import AccessTokens
from ohms_graphql.account_pages.browser_caller import BrowserCaller
from ohms_graphql.account_pages.form import SIGN_IN
from ohms_graphql.account_pages.routes import OpenContext, account_page_routes
from ohms_graphql.account_pages.sign_in import AccountSignIn
from ohms_graphql.oauth.oauth import OAuth
from ohms_graphql.pages.cookies import BrowserCookie
from ohms_graphql.pages.csrf import FormGuard
from ohms_graphql.settings import Settings


def account_pages(settings: Settings, tokens: AccessTokens, oauth: OAuth, open_context: OpenContext) -> list[Route]:
    guard = FormGuard(settings.secret_key.get_secret_value(), settings.public_url)
    cookie = BrowserCookie(settings.public_url, in_production=settings.in_production)
    sign_in = AccountSignIn(oauth.sign_in, oauth.sessions, oauth.form_of, open_context)
    return [
        Route(SIGN_IN.path, sign_in.__call__, methods=["GET", "POST"]),
        *account_page_routes(guard, cookie, BrowserCaller(oauth.sessions, tokens), open_context),
    ]
