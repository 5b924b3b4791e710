"""Authorization code with PKCE, from the sign-in page to the graph and back out."""

import asyncio
import json
from datetime import timedelta

import httpx
import httpx2
import pytest
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.applications import Starlette

from models.account import Account, AccountEmail
from models.base import now
from models.oauth_client import OAuthClient
from models.oauth_grant import AuthorizationCode, OAuthGrant, RefreshToken
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.ohms_graphql.oauth.browser import CALLBACK, Browser, roles_of
from tests.ohms_graphql.oauth.conftest import ISSUER, SECRET


async def test_graphiql_signs_in_without_being_asked_whether_it_may(graphiql: Browser) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    answer = await graphiql.exchange(code)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert tokens["token_type"] == "Bearer"
    assert await roles_of(graphiql.http, tokens["access_token"]) == ["PROVIDER"]
    # The browser is signed in now: the next client of ours needs no page.
    assert graphiql.code(await graphiql.open())


async def test_the_id_token_says_who_signed_in_and_for_whom(graphiql: Browser, people: Clinic) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    tokens = (await graphiql.exchange(code)).json()
    keys = KeySet.import_key_set((await graphiql.http.get("/oauth/jwks")).json())
    token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    assert token.claims["iss"] == ISSUER
    assert token.claims["aud"] == "graphiql"
    assert token.claims["nonce"] == "n-1"
    assert token.claims["sub"] == people.accounts["house"].id
    assert token.claims["email"] == "house@clinic.example"
    assert await roles_of(graphiql.http, tokens["id_token"]) is None  # it is no access token
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    info = (await graphiql.http.get("/oauth/userinfo", headers=headers)).json()
    assert info == {"sub": token.claims["sub"], "email": "house@clinic.example", "email_verified": False}
    assert (await graphiql.http.get("/oauth/userinfo")).status_code == 401


async def test_somebody_elses_client_asks_and_is_remembered(
    http: httpx.AsyncClient, people: Clinic, app_client: OAuthClient
) -> None:
    browser = Browser(http, app_client.id, CALLBACK)
    page = await browser.sign_in("alice@clinic.example", "alice-password")
    assert page.status_code == 200
    assert "Wellness App" in page.text
    assert "see your e-mail address" in page.text
    denied = await browser.submit(page, "deny")
    assert f"{CALLBACK}?error=access_denied" in denied.headers["location"]
    code = browser.code(await browser.submit(page, "agree"))
    refused = await browser.exchange(code)
    assert refused.status_code == 401  # a confidential client without its secret
    code = browser.code(await browser.open())  # agreed before
    tokens = (await browser.exchange(code, client_secret=SECRET)).json()
    assert await roles_of(http, tokens["access_token"]) == ["PATIENT"]
    wider = Browser(http, app_client.id, CALLBACK, scope="openid email ohms offline_access")
    assert "stay signed in for thirty days" in (await wider.open()).text


async def test_a_client_library_that_we_did_not_write(
    app: Starlette, http: httpx.AsyncClient, people: Clinic, app_client: OAuthClient
) -> None:
    client = AsyncOAuth2Client(
        app_client.id,
        SECRET,
        scope="openid email ohms",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        transport=httpx2.ASGITransport(app),
    )
    async with client:
        verifier = "v" * 64
        discovered = (await http.get("/.well-known/openid-configuration")).json()
        address, state = client.create_authorization_url(discovered["authorization_endpoint"], code_verifier=verifier)
        browser = Browser(http, app_client.id, CALLBACK)
        page = await http.get(address.removeprefix(ISSUER))
        page = await browser.submit(page, "sign-in", email="alice@clinic.example", password="alice-password")
        back = await browser.submit(page, "agree")
        assert f"state={state}" in back.headers["location"]
        assert "iss=http" in back.headers["location"]
        tokens = await client.fetch_token(
            discovered["token_endpoint"], authorization_response=back.headers["location"], code_verifier=verifier
        )
        assert await roles_of(http, tokens["access_token"]) == ["PATIENT"]
        answer = await client.introspect_token(discovered["introspection_endpoint"], tokens["access_token"])
        assert answer.json()["active"] is True
        await client.revoke_token(discovered["revocation_endpoint"], tokens["access_token"], "access_token")
        assert await roles_of(http, tokens["access_token"]) is None
        answer = await client.introspect_token(discovered["introspection_endpoint"], tokens["access_token"])
        assert answer.json() == {"active": False}


async def test_two_racers_with_one_code_get_one_token(graphiql: Browser) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    answers = await asyncio.gather(*(graphiql.exchange(code) for _ in range(8)))
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert {answer.json()["error"] for answer in answers if answer is not won[0]} == {"invalid_grant"}
    assert await roles_of(graphiql.http, won[0].json()["access_token"]) == ["PROVIDER"]
    assert await OAuthGrant.count() == 1


async def test_a_code_that_comes_again_ends_what_it_gave(graphiql: Browser) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    tokens = (await graphiql.exchange(code)).json()
    await AuthorizationCode.find_all().update({"$set": {"used_at": now() - timedelta(seconds=30)}})
    assert (await graphiql.exchange(code)).json()["error"] == "invalid_grant"
    assert await roles_of(graphiql.http, tokens["access_token"]) is None
    assert (await graphiql.refresh(tokens["refresh_token"])).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": None},
        {"code_verifier": "w" * 64},
        {"code_verifier": ""},
        {"redirect_uri": "http://127.0.0.1:8000/graphql?x"},
        {"redirect_uri": None},
        {"code": "made-up"},
    ],
    ids=str,
)
async def test_an_exchange_with_anything_wrong_gives_nothing(graphiql: Browser, change: dict[str, str | None]) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    answer = await graphiql.exchange(**{"code": code, **change})  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_grant", "invalid_request"}
    assert await OAuthGrant.count() == 0


async def test_a_code_is_its_clients_alone(graphiql: Browser, app_client: OAuthClient) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    stolen = await graphiql.exchange(code, client_id=app_client.id, client_secret=SECRET)
    assert stolen.json()["error"] == "invalid_grant"
    assert (await graphiql.exchange(code)).status_code == 200


async def test_an_old_code_is_worth_nothing(graphiql: Browser) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    await AuthorizationCode.find_all().update({"$set": {"expires_at": now()}})
    assert (await graphiql.exchange(code)).json()["error"] == "invalid_grant"


async def test_refresh_tokens_rotate_and_a_used_one_ends_the_family(graphiql: Browser) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    first = (await graphiql.exchange(code)).json()
    second = (await graphiql.refresh(first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert await roles_of(graphiql.http, second["access_token"]) == ["PROVIDER"]
    stolen = await graphiql.refresh(first["refresh_token"])
    assert stolen.json()["error"] == "invalid_grant"
    assert (await graphiql.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"
    for tokens in (first, second):
        assert await roles_of(graphiql.http, tokens["access_token"]) is None


async def test_racers_with_one_refresh_token_never_both_win(graphiql: Browser) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    token = (await graphiql.exchange(code)).json()["refresh_token"]
    answers = await asyncio.gather(*(graphiql.refresh(token) for _ in range(5)))
    assert sum(answer.status_code == 200 for answer in answers) <= 1


async def test_a_refresh_token_is_its_clients_alone(graphiql: Browser, app_client: OAuthClient) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    token = (await graphiql.exchange(code)).json()["refresh_token"]
    stolen = await graphiql.refresh(token, client_id=app_client.id, client_secret=SECRET)
    assert stolen.json()["error"] == "invalid_grant"
    assert (await graphiql.refresh(token)).status_code == 200


@pytest.mark.parametrize(
    "change", [{"status": "DEACTIVATED"}, {"status": "LOCKED"}, {"sessions_from": "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"}], ids=str
)
async def test_a_closed_account_or_ended_session_is_over_everywhere(graphiql: Browser, change: dict[str, str]) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    tokens = (await graphiql.exchange(code)).json()
    await Account.find_one({"email": AccountEmail.lookup("house@clinic.example")}).update({"$set": change})
    assert await roles_of(graphiql.http, tokens["access_token"]) is None
    assert (await graphiql.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert "Password" in (await graphiql.open()).text  # the browser, too


async def test_signing_out_in_the_graph_ends_the_refresh_token_too(graphiql: Browser) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    tokens = (await graphiql.exchange(code)).json()
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    answer = await graphiql.http.post("/graphql", json={"query": "mutation { signOut { errors { code } } }"}, headers=headers)
    assert answer.json()["data"]["signOut"]["errors"] == []
    await Account.find_one({"email": AccountEmail.lookup("house@clinic.example")}).update(
        {"$set": {"ended_sessions": []}}
    )  # as after its time
    assert (await graphiql.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_signing_out_of_the_browser_ends_what_was_granted_in_it(graphiql: Browser) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    tokens = (await graphiql.exchange(code)).json()
    page = await graphiql.http.get(f"/oauth/logout?client_id=graphiql&post_logout_redirect_uri={ISSUER}/graphql")
    assert "house@clinic.example" in page.text
    gone = await graphiql.submit(page, "sign-out")
    assert gone.headers["location"] == f"{ISSUER}/graphql"
    assert await roles_of(graphiql.http, tokens["access_token"]) is None
    assert "Password" in (await graphiql.open()).text
    elsewhere = await graphiql.http.get("/oauth/logout?client_id=graphiql&post_logout_redirect_uri=https://evil.example/")
    assert not elsewhere.is_redirect


async def test_a_token_for_less_than_the_api_does_not_reach_the_graph(graphiql: Browser) -> None:
    graphiql.scope = "openid"
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    tokens = (await graphiql.exchange(code)).json()
    assert await roles_of(graphiql.http, tokens["access_token"]) is None


async def test_a_machine_is_its_service_account(http: httpx.AsyncClient, machine: OAuthClient) -> None:
    asked = {"grant_type": "client_credentials"}
    answer = await http.post("/oauth/token", data=asked, auth=(machine.id, SECRET))
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"token_type", "access_token", "expires_in", "scope"}
    assert await roles_of(http, answer.json()["access_token"]) == ["STAFF"]
    assert (await http.post("/oauth/token", data=asked, auth=(machine.id, "wrong"))).status_code == 401
    await Account.find_one({"_id": machine.account_id}).update({"$set": {"status": "DEACTIVATED"}})
    assert await roles_of(http, answer.json()["access_token"]) is None
    assert (await http.post("/oauth/token", data=asked, auth=(machine.id, SECRET))).json()["error"] == "unauthorized_client"


async def test_introspection_is_for_confidential_clients(
    http: httpx.AsyncClient, graphiql: Browser, app_client: OAuthClient
) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    tokens = (await graphiql.exchange(code)).json()
    for value, active in ((tokens["access_token"], True), (tokens["refresh_token"], True), ("made up", False)):
        answer = await http.post("/oauth/introspect", data={"token": value}, auth=(app_client.id, SECRET))
        assert answer.json()["active"] is active
    for credentials in ({"client_id": "graphiql"}, {"client_id": app_client.id, "client_secret": "wrong"}, {}):
        answer = await http.post("/oauth/introspect", data={"token": tokens["access_token"], **credentials})
        assert answer.status_code in {400, 401}
        assert "sub" not in answer.text


async def test_nobody_revokes_anothers_token(http: httpx.AsyncClient, graphiql: Browser, app_client: OAuthClient) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    tokens = (await graphiql.exchange(code)).json()
    for value in (tokens["access_token"], tokens["refresh_token"]):
        await http.post("/oauth/revoke", data={"token": value}, auth=(app_client.id, SECRET))
    assert await roles_of(http, tokens["access_token"]) == ["PROVIDER"]
    assert (await http.post("/oauth/revoke", data={"token": "unknown", "client_id": "graphiql"})).status_code == 200
    gone = await http.post("/oauth/revoke", data={"token": tokens["refresh_token"], "client_id": "graphiql"})
    assert gone.status_code == 200
    assert await roles_of(http, tokens["access_token"]) is None


async def test_secrets_are_stored_as_digests_only(graphiql: Browser, settings: Settings) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    tokens = (await graphiql.exchange(code)).json()
    stored = [
        document.model_dump(mode="json")
        for kind in (AuthorizationCode, OAuthGrant, RefreshToken, Account)
        for document in await kind.find_all().to_list()
    ]
    text = json.dumps(stored)
    for secret in (code, tokens["refresh_token"], tokens["access_token"], graphiql.http.cookies.get("ohms_session") or "?"):
        assert secret not in text
