"""From a mail to an account that can be signed in to, by forms alone."""

from typing import Any

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher

from models.account import Account
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.ohms_graphql.account_pages.conftest import FormBrowser, MailedCode, problems
from tests.ohms_graphql.conftest import authorization

NEW_PASSWORD = "a new long password"
OLD_PASSWORD = "the old password"
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken errors { code } } }"
INVITE = """mutation($input: InviteUserInput!) { inviteUser(input: $input) { errors { message path } } }"""
BEGIN = "mutation($input: BeginSecondFactorInput!) { beginSecondFactor(input: $input) { secret errors { code } } }"
REGISTER = """mutation($input: RegisterPatientInput!) { registerPatient(input: $input) { errors { message path } } }"""


async def ask(http: httpx.AsyncClient, query: str, headers: dict[str, str] | None = None, **given: Any) -> Any:
    answer = (await http.post("/graphql", json={"query": query, "variables": {"input": given}}, headers=headers)).json()
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    return payload


async def _set_password(account_id: str) -> None:
    account = await Account.get(account_id)
    assert account
    account.password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(OLD_PASSWORD)
    await account.save()


async def can_sign_in(http: httpx.AsyncClient, email: str) -> bool:
    return (await ask(http, SIGN_IN, email=email, password=NEW_PASSWORD))["accessToken"] is not None


async def test_a_forgotten_password_is_set_anew(browser: FormBrowser, clinic: Clinic, mailed_code: MailedCode) -> None:
    email = clinic.accounts["alice"].email
    page = await browser.send("/account/reset-password", email=email)
    assert page.url.path == "/account/new-password"
    code = mailed_code.to(email)
    done = await browser.send("/account/new-password", code=code.lower(), newPassword=NEW_PASSWORD)
    assert done.status_code == 200
    assert "Your password is set" in done.text
    assert 'href="/sign-in"' in done.text
    assert await can_sign_in(browser.http, email)
    again = await browser.send("/account/new-password", code=code, newPassword=NEW_PASSWORD)
    assert [field for field, _ in problems(again)] == ["code"]


async def test_nobody_learns_whether_an_address_has_an_account(
    browser: FormBrowser, clinic: Clinic, mailed_code: MailedCode
) -> None:
    known = await browser.send("/account/reset-password", email=clinic.accounts["alice"].email)
    unknown = await browser.send("/account/reset-password", email="nobody@clinic.example")
    assert mailed_code.count() == 1
    assert known.text == unknown.text
    assert (known.status_code, known.url.path) == (unknown.status_code, unknown.url.path)
    assert [step.headers["location"] for step in known.history] == ["/account/new-password"]


async def test_asking_over_and_over_is_refused_for_a_while(browser: FormBrowser, clinic: Clinic, mailed_code: MailedCode) -> None:
    emails = [clinic.accounts["alice"].email, "nobody@clinic.example"]
    pages = {email: [await browser.send("/account/reset-password", email=email) for _ in range(4)] for email in emails}
    for asked in pages.values():
        assert [page.status_code for page in asked] == [200, 200, 200, 429]
        assert int(asked[-1].headers["retry-after"]) > 0
    assert mailed_code.count() == 3


async def test_codes_cannot_be_tried_by_the_thousand(browser: FormBrowser) -> None:
    statuses = [
        (await browser.send("/account/new-password", code=f"{n:020}", newPassword=NEW_PASSWORD)).status_code for n in range(21)
    ]
    assert statuses == [400] * 20 + [429]


async def test_a_second_factor_is_asked_for_when_there_is_one(
    browser: FormBrowser, clinic: Clinic, settings: Settings, mailed_code: MailedCode
) -> None:
    email = clinic.accounts["alice"].email
    signed_in = authorization(settings, clinic, "alice")
    await _set_password(clinic.accounts["alice"].id)
    begun = await ask(browser.http, BEGIN, signed_in, password=OLD_PASSWORD)
    totp = pyotp.TOTP(begun["secret"])
    confirm = (
        "mutation($input: ConfirmSecondFactorInput!) { confirmSecondFactor(input: $input) { recoveryCodes errors { code } } }"
    )
    recovery_codes = (await ask(browser.http, confirm, signed_in, code=totp.now()))["recoveryCodes"]
    await browser.send("/account/reset-password", email=email)
    code = mailed_code.to(email)
    asked = await browser.send("/account/new-password", code=code, newPassword=NEW_PASSWORD)
    assert [field for field, _ in problems(asked)] == ["oneTimeCode"]
    assert 'name="oneTimeCode"' in asked.text
    assert f'value="{code}"' in asked.text
    wrong = await browser.send("/account/new-password", code=code, newPassword=NEW_PASSWORD, oneTimeCode="0000")
    assert problems(wrong) == [("oneTimeCode", "Code of your authenticator app: it is wrong, or was used before.")]
    done = await browser.send("/account/new-password", code=code, newPassword=NEW_PASSWORD, oneTimeCode=recovery_codes[0])
    assert "Your password is set" in done.text


async def test_an_invitation_is_accepted(
    browser: FormBrowser, clinic: Clinic, settings: Settings, mailed_code: MailedCode
) -> None:
    email = "new.colleague@clinic.example"
    administrator = authorization(settings, clinic, "admin")
    assert (await ask(browser.http, INVITE, administrator, email=email, roles=["STAFF"]))["errors"] == []
    assert not await can_sign_in(browser.http, email)
    wrong = await browser.send("/account/accept-invitation", code="wrong", password=NEW_PASSWORD)
    assert [field for field, _ in problems(wrong)] == ["code"]
    done = await browser.send("/account/accept-invitation", code=mailed_code.to(email), password=NEW_PASSWORD)
    assert "Your account is open" in done.text
    assert await can_sign_in(browser.http, email)


async def test_a_registration_is_confirmed(browser: FormBrowser, clinic: Clinic, mailed_code: MailedCode) -> None:
    email = "new.patient@clinic.example"
    profile: dict[str, Any] = {
        "email": email,
        "password": NEW_PASSWORD,
        "name": {"given": ["Nora"], "family": "New"},
        "birthDate": "1990-05-05",
    }
    assert (await ask(browser.http, REGISTER, **profile))["errors"] == []
    assert not await can_sign_in(browser.http, email)
    done = await browser.send("/account/confirm-registration", code=f" {mailed_code.to(email)} ")
    assert "You are registered" in done.text
    assert await can_sign_in(browser.http, email)


@pytest.mark.parametrize("path", ["/account/verify-email", "/account/request-verification"])
async def test_an_address_is_verified_by_its_owner_only(http: httpx.AsyncClient, path: str) -> None:
    page = await http.get(path)
    assert page.status_code == 401
    assert "Please sign in first." in page.text
    assert (await http.post(path, data={"code": "x"})).status_code == 401
    http.cookies.set("ohms_session", "x" * 43)
    assert (await http.get(path)).status_code == 401


async def test_an_address_is_verified(browser: FormBrowser, clinic: Clinic, mailed_code: MailedCode) -> None:
    alice = clinic.accounts["alice"]
    await _set_password(alice.id)
    wrong = await browser.send("/sign-in", email=alice.email, password="wrong", do="sign-in")
    assert wrong.status_code == 400
    welcome = await browser.send("/sign-in", email=alice.email, password=OLD_PASSWORD, do="sign-in")
    assert "You are signed in" in welcome.text
    assert 'href="/account/request-verification"' in welcome.text
    asked = await browser.send("/account/request-verification")
    assert asked.url.path == "/account/verify-email"
    wrong = await browser.send("/account/verify-email", code="wrong")
    assert [field for field, _ in problems(wrong)] == ["code"]
    done = await browser.send("/account/verify-email", code=mailed_code.to(alice.email))
    assert "Your address is verified" in done.text
    account = await Account.get(alice.id)
    assert account
    assert account.email_verified_at is not None


async def test_signing_in_leads_nowhere_else(http: httpx.AsyncClient) -> None:
    page = await http.get("/sign-in?redirect_uri=https://evil.example/&next=https://evil.example/")
    assert page.headers["location"] == "/sign-in"
    page = await http.get("/sign-in")
    assert "evil" not in page.text + str(page.headers)
    assert (await http.post("/sign-in", data={"email": "a@b.example", "password": "x", "do": "sign-in"})).status_code == 403
