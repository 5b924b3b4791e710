"""Through the hospital's own provider to a token of ours, with accounts that nobody can take over."""

import asyncio
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from models.account import Account, AccountEmail, AccountStatus
from models.base import now
from models.role import Role
from tests.ohms_graphql.oauth.browser import Browser, roles_of

ISSUER = "http://127.0.0.1:8000"
# What the mock itself does with Authlib is not ours to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore::authlib.deprecate.AuthlibDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]


class Person:
    """Somebody at the hospital, in a browser of their own."""

    def __init__(self, http: httpx.AsyncClient, hospital: str, subject: str) -> None:
        self.browser = Browser(http, "graphiql", f"{ISSUER}/graphql")
        self.http = http
        self._hospital = hospital
        self._subject = subject

    async def known_as(self, **claims: Any) -> None:
        async with httpx.AsyncClient() as outside:
            answer = await outside.put(f"{self._hospital}/users/{quote(self._subject)}", json=claims)
        assert answer.status_code == 204

    async def there(self) -> str:
        """The provider's page, where the browser is sent."""
        page = await self.browser.open()
        assert "Sign in with General Hospital" in page.text
        answer = await self.http.get(f"/sign-in/with/hospital?{httpx.QueryParams(self.browser.query())}")
        assert answer.status_code == 302
        return answer.headers["location"]

    async def agree(self, address: str) -> str:
        """The address that the provider sends the browser back to, without its origin."""
        async with httpx.AsyncClient() as outside:
            answer = await outside.post(address, data={"sub": self._subject})
        assert answer.is_redirect, answer.text
        back = answer.headers["location"]
        assert back.startswith(ISSUER)
        return back.removeprefix(ISSUER)

    async def sign_in(self) -> httpx.Response:
        back = await self.agree(await self.there())
        return await self.browser.follow(await self.http.get(back))

    async def roles(self) -> list[str] | None:
        code = self.browser.code(await self.sign_in())
        return await roles_of(self.http, (await self.browser.exchange(code)).json()["access_token"])


def _groups(*names: str) -> dict[str, Any]:
    return {"realm": {"groups": list(names)}}


async def test_the_first_time_makes_an_account_and_every_time_maps_the_roles(http: httpx.AsyncClient, hospital: str) -> None:
    person = Person(http, hospital, "dr-1")
    await person.known_as(email="Grey@hospital.example", email_verified=True, **_groups("clinicians", "choir"))
    assert await person.roles() == ["PROVIDER"]
    account = await Account.find_one({"email": AccountEmail.lookup("grey@hospital.example")})
    assert account is not None
    assert [(identity.issuer, identity.subject) for identity in account.identities] == [(hospital, "dr-1")]
    assert account.email_verified_at is not None
    await account.update({"$set": {"roles": ["PROVIDER", "PATIENT"]}})  # PATIENT is not the provider's to give or take
    await person.known_as(email="grey@hospital.example", email_verified=True, **_groups("desk"))
    http.cookies.clear()
    assert await person.roles() == ["PATIENT", "STAFF"]
    assert await Account.count() == 1


async def test_the_request_uses_pkce_state_and_nonce(http: httpx.AsyncClient, hospital: str) -> None:
    asked = httpx.URL(await Person(http, hospital, "dr-1").there()).params
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) > 20
    assert len(asked["nonce"]) > 10
    assert asked["redirect_uri"] == f"{ISSUER}/sign-in/with/hospital/callback"


async def test_nobody_without_a_role_gets_in(http: httpx.AsyncClient, hospital: str) -> None:
    person = Person(http, hospital, "visitor")
    await person.known_as(email="visitor@hospital.example", email_verified=True, **_groups("choir"))
    page = await person.sign_in()
    assert page.status_code == 403
    assert "no role" in page.text
    assert await Account.count() == 0


@pytest.mark.parametrize(
    ("verified_there", "verified_here", "status", "linked"),
    [
        (True, True, AccountStatus.ACTIVE, True),
        (False, True, AccountStatus.ACTIVE, False),
        (True, False, AccountStatus.ACTIVE, False),
        (True, True, AccountStatus.DEACTIVATED, False),
        (True, True, AccountStatus.INVITED, False),
    ],
)
async def test_an_account_is_taken_over_only_when_both_sides_verified_the_address(
    http: httpx.AsyncClient, hospital: str, verified_there: bool, verified_here: bool, status: AccountStatus, linked: bool
) -> None:
    verified_at = now() if verified_here else None
    await Account(email="boss@clinic.example", roles=[Role.ADMIN], status=status, email_verified_at=verified_at).insert()
    person = Person(http, hospital, "mallory")
    await person.known_as(email="boss@clinic.example", email_verified=verified_there, **_groups("it"))
    page = await person.sign_in()
    account = await Account.find_one({"email": AccountEmail.lookup("boss@clinic.example")})
    assert account is not None
    assert bool(account.identities) is linked
    assert page.is_redirect is linked
    if not linked:
        assert page.status_code == 403
        assert await Account.count() == 1


async def test_two_first_times_at_once_make_one_account(http: httpx.AsyncClient, hospital: str) -> None:
    person = Person(http, hospital, "dr-2")
    await person.known_as(email="yang@hospital.example", email_verified=True, **_groups("clinicians"))

    async def once() -> int:
        async with httpx.AsyncClient(transport=http._transport, base_url=ISSUER) as own:
            return (await Person(own, hospital, "dr-2").sign_in()).status_code

    statuses = await asyncio.gather(*(once() for _ in range(4)))
    assert set(statuses) == {303}
    assert await Account.count() == 1


async def test_a_closed_account_stays_out(http: httpx.AsyncClient, hospital: str) -> None:
    person = Person(http, hospital, "dr-1")
    await person.known_as(email="grey@hospital.example", email_verified=True, **_groups("clinicians"))
    assert await person.roles() == ["PROVIDER"]
    await Account.find_all().update({"$set": {"status": "DEACTIVATED"}})
    http.cookies.clear()
    assert (await person.sign_in()).status_code == 403


async def test_an_answer_to_a_question_that_this_browser_did_not_ask_is_refused(http: httpx.AsyncClient, hospital: str) -> None:
    person = Person(http, hospital, "dr-1")
    await person.known_as(email="grey@hospital.example", email_verified=True, **_groups("clinicians"))
    back = await person.agree(await person.there())
    cookies = dict(http.cookies)
    http.cookies.clear()
    stranger = await http.get(back)
    assert stranger.status_code == 400
    assert "did not sign you in" in stranger.text
    for name, value in cookies.items():
        http.cookies.set(name, value)
    changed = await http.get(back.replace("state=", "state=x"))
    assert changed.status_code == 400
    assert (await http.get("/sign-in/with/hospital/callback?error=access_denied&state=x")).status_code == 400
    assert (await http.get("/sign-in/with/hospital/callback")).status_code == 400
    assert await Account.count() == 0


async def test_a_provider_that_is_away_gets_a_page(http: httpx.AsyncClient, hospital: str, issuer: Any) -> None:
    issuer.status = 500
    page = await http.get("/sign-in/with/machines")
    assert page.status_code == 503
    assert "does not answer" in page.text
    assert (await http.get("/sign-in/with/nobody")).status_code == 404
    assert urlsplit(hospital).hostname == "localhost"
