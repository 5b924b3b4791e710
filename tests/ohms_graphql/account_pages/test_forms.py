"""The forms as such: what they take, from whom, and how they tell what is wrong."""

import httpx
import pytest

from models.account import Account
from ohms_graphql.account_pages.form_body import MAX_FORM_BYTES
from ohms_graphql.account_pages.forms import FORMS
from tests.clinic import Clinic
from tests.ohms_graphql.account_pages.conftest import CSRF, FormBrowser, MailedCode, problems

OPEN_TO_ALL = [form.path for form in FORMS if not form.for_members]
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", OPEN_TO_ALL)
async def test_a_page_needs_no_script_and_leaves_nothing_behind(http: httpx.AsyncClient, path: str) -> None:
    page = await http.get(path)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "HttpOnly" in page.headers["set-cookie"]
    assert "SameSite=lax" in page.headers["set-cookie"]


@pytest.mark.parametrize("path", OPEN_TO_ALL)
async def test_a_form_without_the_pages_token_is_refused(http: httpx.AsyncClient, path: str) -> None:
    await http.get(path)
    for token in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 64}):
        assert (await http.post(path, data={"email": "a@b.example", **token})).status_code == 403


async def test_the_token_of_another_browser_is_refused(http: httpx.AsyncClient) -> None:
    token = CSRF.search((await http.get("/account/reset-password")).text)
    assert token
    http.cookies.clear()
    await http.get("/account/reset-password")
    answer = await http.post("/account/reset-password", data={"csrf_token": token[1], "email": "a@b.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("header", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
async def test_a_form_on_another_site_is_refused(http: httpx.AsyncClient, header: dict[str, str]) -> None:
    token = CSRF.search((await http.get("/account/reset-password")).text)
    assert token
    sent = {"csrf_token": token[1], "email": "a@b.example"}
    assert (await http.post("/account/reset-password", data=sent, headers=header)).status_code == 403
    assert (await http.post("/account/reset-password", data=sent)).status_code == 303


async def test_what_is_no_small_form_is_refused(http: httpx.AsyncClient) -> None:
    path = "/account/reset-password"
    assert (await http.post(path, json={"email": "a@b.example"})).status_code == 415
    assert (await http.post(path, files={"email": b"a@b.example"})).status_code == 415
    assert (await http.post(path, content=b"email=" + b"a" * MAX_FORM_BYTES, headers=FORM)).status_code == 413
    assert (await http.post(path, content=b"email=%ff", headers=FORM)).status_code == 400
    assert (await http.post(path, content="&".join(f"f{n}=1" for n in range(50)), headers=FORM)).status_code == 400


async def test_a_complaint_stands_beside_its_field_and_in_a_linked_summary(browser: FormBrowser) -> None:
    page = await browser.send("/account/new-password", code="X<b>", newPassword="short")
    assert page.status_code == 400
    assert problems(page) == [
        ("newPassword", "New password: A password has from 12 to 512 characters; this one has 5."),
    ]
    assert 'id="newPassword-problem"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert "<title>Error: " in page.text
    assert "X&lt;b&gt;" in page.text  # what was typed stays, and is no markup
    assert "short" not in page.text  # but not a password


async def test_the_use_cases_work_on_text_only(browser: FormBrowser, clinic: Clinic, mailed_code: MailedCode) -> None:
    """Names of fields that no form has, such as operators and roles, are dropped."""
    email = clinic.accounts["alice"].email
    page = await browser.send(
        "/account/reset-password", **{"email[$ne]": "x", "email": email, "roles": "ADMIN", "status": "ACTIVE"}
    )
    assert page.status_code == 200
    assert mailed_code.count() == 1
    account = await Account.get(clinic.accounts["alice"].id)
    assert account
    assert account.roles == clinic.accounts["alice"].roles
