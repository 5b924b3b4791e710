"""The pages' base: forms only from this browser and site, cookies as strict as they can be, a policy without scripts."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from ohms_graphql.pages.cookies import BrowserCookie
from ohms_graphql.pages.csrf import ForeignForm, FormGuard
from ohms_graphql.pages.renderer import Problem, message_page, render

GUARD = FormGuard("a secret of more than thirty-two bytes", "https://clinic.example/ohms")


def _request(**headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": pairs})


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "null"}, {"origin": "https://clinic.example", "sec_fetch_site": "same-origin"}], ids=str
)
def test_a_form_of_this_browser_passes(headers: dict[str, str]) -> None:
    GUARD.check(_request(**headers), "cookie", GUARD.token("cookie"))


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}]
)
def test_a_form_of_another_site_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ForeignForm):
        GUARD.check(_request(**headers), "cookie", GUARD.token("cookie"))


@pytest.mark.parametrize(
    ("cookie", "token"), [(None, GUARD.token("")), ("cookie", GUARD.token("other")), ("cookie", None), ("cookie", "é")]
)
def test_a_token_of_another_browser_is_refused(cookie: str | None, token: str | None) -> None:
    with pytest.raises(ForeignForm):
        GUARD.check(_request(), cookie, token)


def test_the_cookie_in_production_is_bound_to_the_host() -> None:
    cookie, response = BrowserCookie("https://clinic.example", in_production=True), Response()
    cookie.set(response, cookie.fresh())
    header = response.headers["set-cookie"]
    assert header.startswith("__Host-ohms_session=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(header.split("; "))
    assert "Domain" not in header


def test_a_page_escapes_what_it_shows_and_allows_no_script() -> None:
    page = message_page("A <b>", "<script>alert(1)</script>")
    assert b"<script>" not in page.body
    assert b"<b>" not in page.body
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none';")


def test_problems_are_announced_and_lead_to_their_field() -> None:
    page = bytes(render("message.html", title="T", message="m", problems=[Problem("Wrong.", "email")]).body)
    assert b'role="alert"' in page
    assert b'<a href="#email">Wrong.</a>' in page
