"""How GraphiQL signs in: away to the server's own page and back with a code (OAuth 2.1, PKCE), against tests/browser/toy.py."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import served
from tests.browser.test_graphiql import (
    answer,
    ask,
    begin,
    complaint,
    editor,
    entrance,
    fill_in,
    run,
    sign_in,
    sign_out,
    wait_until_usable,
)
from tests.browser.toy import Endpoint, toy_app
from tests.browser.toy_oauth import EMAIL, PASSWORD, ToyOAuth
from tests.browser.watched import Watch

pytestmark = pytest.mark.browser

EVERYTHING_STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state])"


@pytest.fixture
def oauth() -> ToyOAuth:
    return ToyOAuth()


@pytest.fixture
def address(oauth: ToyOAuth) -> Iterator[str]:
    endpoint = Endpoint(oauth)
    with served(toy_app(endpoint)) as url:
        yield f"{url}/graphql"


@pytest.fixture
def page(address: str, chromium_page: Page) -> Page:
    chromium_page.goto(address)
    wait_until_usable(chromium_page)
    return chromium_page


def test_the_password_is_typed_on_the_servers_page_only(page: Page) -> None:
    expect(page.locator("input[type=password]")).to_have_count(0)
    begin(page)
    page.wait_for_url("**/oauth/authorize?*")
    fill_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_have_text("Wrong e-mail or password.")
    fill_in(page)
    expect(page.get_by_role("status")).to_contain_text(f"Signed in as {EMAIL}")


def test_tokens_and_codes_are_in_no_address_and_no_storage(page: Page, address: str, oauth: ToyOAuth) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page)
    run(page)
    expect(answer(page)).to_contain_text(EMAIL)
    assert page.url == address
    given = [*oauth.tokens, *oauth.refresh_tokens]
    assert len(given) == 2
    stored = page.evaluate(EVERYTHING_STORED)
    assert not any(token in text for token in given for text in [stored, *asked])
    (code,) = [parse_qs(urlsplit(url).query)["code"][0] for url in asked if "code=" in url]
    assert code not in stored
    assert "ohms.sign-in" not in stored


def test_the_back_button_does_not_bring_the_code_back(page: Page) -> None:
    sign_in(page)
    page.go_back()
    assert "code=" not in page.url


def test_what_was_typed_survives_the_way_to_the_sign_in_page_and_back(page: Page) -> None:
    ask(page, "{ viewer { roles } }")
    editor(page).click()
    page.keyboard.insert_text("# not run yet\n")
    sign_in(page)  # at once, before GraphiQL wrote it down by itself
    expect(editor(page)).to_contain_text("not run yet")
    expect(page.get_by_role("tab")).to_have_count(2)


def test_an_answer_that_was_not_asked_for_is_refused(page: Page, address: str, oauth: ToyOAuth) -> None:
    """Somebody else's code, as in a link that would sign the reader in as the sender."""
    page.goto(f"{address}?code=somebody-elses&state=guessed&iss={address.removesuffix('/graphql')}")
    expect(complaint(page)).to_have_text("This sign-in was not begun here. Please sign in again.")
    assert page.url == address
    assert oauth.tokens == {}


def test_an_answer_with_another_state_is_refused(page: Page, address: str, oauth: ToyOAuth) -> None:
    begin(page)
    page.wait_for_url("**/oauth/authorize?*")
    page.goto(f"{address}?code=somebody-elses&state=guessed&iss={address.removesuffix('/graphql')}")
    expect(complaint(page)).to_contain_text('Signing in failed: unexpected "state" response parameter value')
    assert oauth.tokens == {}


def test_an_answer_of_another_server_is_refused(page: Page, oauth: ToyOAuth) -> None:
    """RFC 9207: a code of a mixed-up server is not sent to this one."""
    oauth.issuer_in_answers = "https://another.example"
    begin(page)
    fill_in(page)
    expect(complaint(page)).to_contain_text('Signing in failed: unexpected "iss" (issuer) response parameter value')
    assert oauth.tokens == {}


def test_cancelling_comes_back_and_says_so(page: Page, address: str) -> None:
    begin(page)
    page.get_by_role("link", name="Cancel").click()
    expect(complaint(page)).to_have_text("Signing in was cancelled.")
    assert page.url == address


def test_a_server_out_of_reach_is_told(page: Page, watch: Watch) -> None:
    page.route("**/.well-known/**", lambda route: route.abort())
    watch.expected.append("Failed to load resource")
    begin(page)
    expect(complaint(page)).to_have_text("The server cannot be reached.")
    page.unroute("**/.well-known/**")
    sign_in(page)


def test_after_a_reload_signing_in_is_one_click(page: Page, chromium: Browser, watch: Watch, address: str) -> None:
    sign_in(page)
    page.reload()
    wait_until_usable(page)
    expect(entrance(page)).to_be_visible()
    begin(page)
    expect(page.get_by_role("status")).to_contain_text(f"Signed in as {EMAIL}")
    other_browser = watch.new_page(chromium)
    other_browser.goto(address)
    begin(other_browser)
    expect(other_browser.get_by_label("Password")).to_be_visible()


def test_signing_out_revokes_and_ends_the_browsers_session(page: Page, oauth: ToyOAuth) -> None:
    sign_in(page)
    (refresh_token,) = oauth.refresh_tokens
    sign_out(page)
    assert oauth.revoked == [refresh_token]
    begin(page)
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_token_is_renewed_before_it_ends_and_once(page: Page, oauth: ToyOAuth) -> None:
    oauth.lifetime = 2
    sign_in(page)
    (first,) = oauth.tokens
    oauth.lifetime = 3600
    with page.expect_response("**/oauth/token"):
        pass
    page.wait_for_timeout(1500)
    assert oauth.refreshes == 1
    oauth.tokens.pop(first)
    run(page)
    expect(answer(page)).to_contain_text(EMAIL)
    expect(page.get_by_role("status")).to_contain_text(f"Signed in as {EMAIL}")


def test_renewing_does_not_disturb_an_operation_that_runs(page: Page, oauth: ToyOAuth) -> None:
    oauth.lifetime = 4
    sign_in(page)
    ask(page, "subscription Watching { watching }")
    expect(answer(page)).to_contain_text("has")
    with page.expect_response("**/oauth/token"):
        pass
    page.wait_for_timeout(300)
    expect(page.get_by_role("button", name="Stop query")).to_be_visible()
    page.get_by_role("button", name="Stop query").click()


def test_a_refused_refresh_token_ends_the_session(page: Page, oauth: ToyOAuth, watch: Watch) -> None:
    watch.expected.append("400")
    oauth.lifetime = 2
    sign_in(page)
    oauth.refresh_tokens.clear()
    expect(complaint(page)).to_have_text("Your session has ended. Please sign in again.")
    assert EMAIL not in json.dumps(page.evaluate(EVERYTHING_STORED))


def test_the_keyboard_is_enough_to_sign_in_and_out(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(entrance(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"Signed in as {EMAIL}")
    expect(page.get_by_role("button", name="Sign out")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out everywhere").press("Enter")
    expect(entrance(page)).to_be_visible()
