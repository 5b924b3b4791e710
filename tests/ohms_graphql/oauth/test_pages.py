"""The sign-in pages: what they refuse, and what they never do."""

import re

import httpx
import pyotp
import pytest

from models.account import Account, AccountEmail, SecondFactor
from models.base import now
from models.browser_session import BrowserSession
from models.oauth_client import OAuthClient
from ohms_graphql.app import create_app
from ohms_graphql.sealer import JweSealer
from ohms_graphql.settings import Settings, load_settings
from tests.clinic import Clinic
from tests.ohms_graphql.oauth.browser import CALLBACK, Browser

HOUSE = {"email": "house@clinic.example", "password": "house-password"}


async def test_a_wrong_password_and_an_unknown_address_get_the_same_page(graphiql: Browser) -> None:
    pages = [
        await graphiql.submit(await graphiql.open(), "sign-in", email=email, password="wrong-password")
        for email in ("house@clinic.example", "nobody@clinic.example", "closed@clinic.example")
    ]
    assert {page.status_code for page in pages} == {400}
    bare = {re.sub(r'value="[^"]*@clinic.example"', "", page.text) for page in pages}
    assert len(bare) == 1
    assert 'role="alert"' in pages[0].text
    assert await BrowserSession.count() == 0


async def test_the_page_works_without_scripts_and_says_so_to_the_browser(graphiql: Browser) -> None:
    page = await graphiql.open()
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    for name in ("email", "password"):
        assert f'<label for="{name}"' in page.text
        assert f'id="{name}"' in page.text
    assert 'autocomplete="current-password"' in page.text
    style = await graphiql.http.get("/static/pages/pages.css")
    assert style.headers["content-type"].startswith("text/css")


async def test_a_form_of_another_page_signs_nobody_in(graphiql: Browser, people: Clinic) -> None:
    address = f"/oauth/authorize?{httpx.QueryParams(graphiql.query())}"
    page = await graphiql.open()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]  # type: ignore[index]
    sent = {**HOUSE, "do": "sign-in"}
    refused = [
        await graphiql.http.post(address, data=sent),
        await graphiql.http.post(address, data={**sent, "csrf_token": "x" * 64}),
        await graphiql.http.post(address, data={**sent, "csrf_token": token}, headers={"origin": "https://evil.example"}),
        await graphiql.http.post(address, data={**sent, "csrf_token": token}, headers={"sec-fetch-site": "cross-site"}),
    ]
    graphiql.http.cookies.clear()
    refused.append(await graphiql.http.post(address, data={**sent, "csrf_token": token}))
    assert {answer.status_code for answer in refused} == {403}
    assert await BrowserSession.count() == 0


async def test_a_foreign_page_cannot_agree_for_somebody(http: httpx.AsyncClient, people: Clinic, app_client: OAuthClient) -> None:
    browser = Browser(http, app_client.id, CALLBACK)
    await browser.sign_in("alice@clinic.example", "alice-password")
    address = f"/oauth/authorize?{httpx.QueryParams(browser.query())}"
    assert (await http.post(address, data={"do": "agree"})).status_code == 403
    assert "Do you agree?" in (await browser.open()).text
    assert (await http.post("/oauth/logout", data={})).status_code == 403
    assert "Do you agree?" in (await browser.open()).text


async def test_signing_in_takes_a_new_cookie(graphiql: Browser) -> None:
    await graphiql.open()
    planted = graphiql.http.cookies["ohms_session"]
    await graphiql.sign_in(**HOUSE)
    assert graphiql.http.cookies["ohms_session"] != planted


WRONG_REDIRECTS = [
    "https://evil.example/callback",
    "https://client.example/callback/../evil",
    "https://client.example/callback?x=1",
    "https://client.example/callback#x",
    "https://client.example.evil.example/callback",
    "https://client.example@evil.example/callback",
    "http://client.example/callback",
    "javascript:alert(1)",
    "//evil.example/callback",
    'https://evil.example/"<>\\',
    "",
]


@pytest.mark.parametrize("address", WRONG_REDIRECTS)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    http: httpx.AsyncClient, people: Clinic, app_client: OAuthClient, address: str
) -> None:
    browser = Browser(http, app_client.id, address)
    for changes in ({}, {"response_type": "token"}, {"scope": "nonsense"}, {"code_challenge": None}):
        answer = await browser.open(**changes)
        assert answer.status_code == 400, answer.headers
        assert "location" not in answer.headers
        assert "evil" not in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token token"}, "unsupported_response_type"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_a_wrong_request_goes_back_to_its_client_with_state_and_issuer(
    graphiql: Browser, changes: dict[str, str | None], error: str
) -> None:
    answer = await graphiql.open(**changes)
    given = httpx.URL(answer.headers["location"]).params
    assert given["error"] == error
    assert given["state"] == graphiql.state
    assert given["iss"] == "http://127.0.0.1:8000"
    assert "code" not in given


@pytest.mark.parametrize("client_id", ["unknown", "", "$ne", "graphiql "])
async def test_an_unknown_client_gets_a_page(graphiql: Browser, client_id: str) -> None:
    answer = await graphiql.open(client_id=client_id)
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_the_second_factor_is_asked_for_on_a_page_of_its_own(graphiql: Browser, settings: Settings) -> None:
    secret = pyotp.random_base32()
    sealed = JweSealer(settings.secret_key.get_secret_value()).seal(secret)
    factor = SecondFactor(secret=sealed, confirmed_at=now()).model_dump()
    await Account.find_one({"email": AccountEmail.lookup(HOUSE["email"])}).update({"$set": {"second_factor": factor}})
    page = await graphiql.sign_in(**HOUSE)
    assert "Enter your code" in page.text
    assert HOUSE["password"] not in page.text
    wrong = await graphiql.submit(page, "sign-in", code="000000")
    assert wrong.status_code == 400
    assert "The code is wrong" in wrong.text
    assert await BrowserSession.count() == 0
    moved = Browser(httpx.AsyncClient(transport=graphiql.http._transport, base_url="http://ohms.example"), "graphiql", "x")
    stolen = await moved.http.post(f"/oauth/authorize?{httpx.QueryParams(graphiql.query())}", data={"do": "sign-in"})
    assert stolen.status_code == 403
    await moved.http.aclose()
    done = await graphiql.submit(page, "sign-in", code=pyotp.TOTP(secret).now())
    assert graphiql.code(done)


def test_cookies_in_production(settings: Settings) -> None:
    production = load_settings(
        {
            "OHMS_MONGODB_URL": settings.mongodb_url or "",
            "OHMS_DATABASE": settings.database,
            "OHMS_ENVIRONMENT": "production",
            "OHMS_MASTER_KEY": "file:/run/secrets/ohms.key",
            "OHMS_SECRET_KEY": "k" * 40,
            "OHMS_PUBLIC_URL": "https://clinic.example",
        }
    )
    assert create_app(production) is not None


async def test_cookies_are_for_https_and_this_host_only_behind_tls(settings: Settings) -> None:
    variables = {
        "OHMS_MONGODB_URL": settings.mongodb_url or "",
        "OHMS_DATABASE": settings.database,
        "OHMS_PUBLIC_URL": "https://clinic.example",
    }
    app = create_app(load_settings(variables))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://clinic.example") as client,
    ):
        await Clinic().stored()
        page = await Browser(client, "graphiql", "https://clinic.example/graphql").open()
        cookie = page.headers["set-cookie"]
        assert cookie.startswith("__Host-ohms_session=")
        for flag in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert flag in cookie
        assert "Domain" not in cookie


async def test_guessing_is_slowed_down_on_the_page_too(graphiql: Browser) -> None:
    for _ in range(5):
        await graphiql.submit(await graphiql.open(), "sign-in", email=HOUSE["email"], password="wrong-password")
    page = await graphiql.submit(await graphiql.open(), "sign-in", **HOUSE)
    assert page.status_code == 400
    assert "Too many attempts" in page.text
