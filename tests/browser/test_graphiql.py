"""GraphiQL in the system's Chromium: what a person at the keyboard gets.

The server is tests/browser/toy.py, which has what the real graph lacks or could not be told to do here: a subscription,
a slow answer, and tokens that stop being valid in the middle of a session. How signing in goes is tested in
test_graphiql_sign_in.py.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import served
from tests.browser.toy import Endpoint, toy_app
from tests.browser.toy_oauth import EMAIL, OTHER_EMAIL, PASSWORD
from tests.browser.watched import Watch

pytestmark = pytest.mark.browser

WATCHING = "subscription Watching { watching }"


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
def address(endpoint: Endpoint) -> Iterator[str]:
    with served(toy_app(endpoint)) as url:
        yield f"{url}/graphql"


@pytest.fixture
def page(address: str, chromium_page: Page) -> Page:
    """GraphiQL, loaded until it can be used."""
    chromium_page.goto(address)
    wait_until_usable(chromium_page)
    return chromium_page


def wait_until_usable(page: Page) -> None:
    expect(editor(page)).to_contain_text("WhoAmI")
    expect(answer(page).locator(".view-lines")).to_be_attached()


def editor(page: Page) -> Locator:
    return page.get_by_role("region", name="Operation Editor").locator(".view-lines").first


def answer(page: Page) -> Locator:
    return page.locator(".result-window")


def run(page: Page) -> None:
    page.get_by_role("button", name="Execute query").click()


def ask(page: Page, operation: str) -> None:
    """Opens a tab, types the operation and runs it."""
    page.get_by_role("button", name="New tab").click()
    editor(page).click()
    page.keyboard.insert_text(operation)
    run(page)


def entrance(page: Page) -> Locator:
    return page.get_by_role("banner").get_by_role("button", name="Sign in")


def begin(page: Page) -> None:
    entrance(page).click()


def fill_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def complaint(page: Page) -> Locator:
    return page.get_by_role("banner").get_by_role("alert")


def sign_in(page: Page, email: str = EMAIL) -> None:
    begin(page)
    fill_in(page, email)
    expect(page.get_by_role("status")).to_contain_text(f"Signed in as {email}")
    expect(answer(page).locator(".view-lines")).to_be_attached()


def sign_out(page: Page) -> None:
    """Here, and on the server's page that asks whether everywhere."""
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(entrance(page)).to_be_visible()
    expect(answer(page).locator(".view-lines")).to_be_attached()


def test_the_page_loads_with_its_workers_and_fonts_and_asks_no_other_host(page: Page, watch: Watch) -> None:
    expect(page).to_have_title("OHMS GraphiQL")
    # The worker that checks operations against the schema: it marks a field that is not there.
    editor(page).click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("{ viewer { nonsense } }")
    expect(page.locator(".squiggly-error").first).to_be_attached()
    assert len(page.workers) >= 1
    assert page.evaluate("document.fonts.ready.then(fonts => [...fonts].some(font => font.status === 'loaded'))")
    # The nonce reached Monaco's style elements: with their rules refused, lines would have no colours.
    colours = page.evaluate("new Set([...document.querySelectorAll('.view-line span')].map(e => getComputedStyle(e).color)).size")
    assert colours > 1
    assert watch.outside == []


def test_a_page_that_tries_another_host_is_noticed(page: Page, watch: Watch) -> None:
    """The other tests trust the watch: it must see what the policy refuses."""
    page.evaluate("fetch('https://example.org/').catch(() => null)")
    page.evaluate("{ const script = document.createElement('script'); script.text = '1'; document.body.append(script); }")
    page.wait_for_timeout(200)
    refused = [said for said in watch.complaints if said.startswith("CSP: ")]
    assert any("connect-src" in said for said in refused)
    assert any("script-src" in said for said in refused)
    watch.expected += ["CSP: ", "Content Security Policy", "violates"]


def test_the_documentation_explorer_shows_the_schema(page: Page) -> None:
    page.get_by_role("button", name="Show Documentation Explorer").click()
    documentation = page.get_by_role("region", name="Documentation Explorer")
    documentation.get_by_role("link", name="Query").click()
    expect(documentation).to_contain_text("viewer")
    expect(documentation).to_contain_text("The account that is signed in; null when nobody is.")


def test_an_example_opens_in_a_tab_with_its_variables_and_runs(page: Page) -> None:
    examples = page.get_by_role("region", name="Examples")
    examples.get_by_role("button", name="Find patients").click()
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_count(2)
    expect(page.get_by_role("tab", selected=True)).to_contain_text("FindPatients")
    expect(page.get_by_role("region", name="Variables")).to_contain_text('"search"')
    examples.get_by_role("button", name="Who am I").click()
    run(page)
    expect(answer(page)).to_contain_text('"viewer": null')


def test_signing_in_sets_the_token_for_http(page: Page) -> None:
    sign_in(page)
    expect(page.get_by_role("status")).to_contain_text("PROVIDER")
    run(page)
    expect(answer(page)).to_contain_text(f'"email": "{EMAIL}"')
    expect(answer(page)).to_contain_text('"STAFF"')


def test_signing_in_sets_the_token_for_the_websocket_and_changing_it_opens_another(page: Page) -> None:
    ask(page, WATCHING)
    expect(answer(page)).to_contain_text("UNAUTHENTICATED")
    sign_in(page)
    run(page)
    expect(answer(page)).to_contain_text(re.compile(rf"{EMAIL}\s+has\s+watched\s+[0-9]+\s+times"))
    sign_out(page)
    expect(answer(page)).not_to_contain_text(EMAIL)
    sign_in(page, OTHER_EMAIL)
    run(page)
    expect(answer(page)).to_contain_text(re.compile(rf"{OTHER_EMAIL}\s+has\s+watched\s+[0-9]+\s+times"))
    page.get_by_role("button", name="Stop query").click()
    expect(page.get_by_role("button", name="Execute query")).to_be_visible()


def test_signing_out_clears_the_token_and_every_answer(page: Page) -> None:
    sign_in(page)
    run(page)
    expect(answer(page)).to_contain_text(EMAIL)
    ask(page, "{ viewer { roles } }")
    expect(answer(page)).to_contain_text("PROVIDER")
    sign_out(page)
    expect(answer(page)).not_to_contain_text("PROVIDER")
    page.get_by_role("tab").first.click()
    expect(editor(page)).to_contain_text("WhoAmI")
    expect(answer(page)).not_to_contain_text(EMAIL)
    run(page)
    expect(answer(page)).to_contain_text('"viewer": null')


def test_an_answer_on_its_way_is_not_shown_to_the_next_person(page: Page, watch: Watch) -> None:
    sign_in(page)
    page.route("**/oauth/revoke", lambda route: route.abort())  # with the server away, the page stays
    watch.expected.append("Failed to load resource")
    ask(page, "{ slow }")
    page.get_by_role("button", name="Sign out").click()
    expect(complaint(page)).to_contain_text("You are signed out here, but the server could not be told.")
    page.wait_for_timeout(1500)
    expect(answer(page)).not_to_contain_text("an answer for")
    expect(answer(page)).to_contain_text("The session changed while this operation was running.")


def test_a_token_that_ended_signs_out_and_says_so(page: Page, endpoint: Endpoint, watch: Watch) -> None:
    sign_in(page)
    endpoint.oauth.tokens.clear()
    watch.expected.append("401")  # Chromium writes each such answer to the console
    run(page)
    expect(complaint(page)).to_have_text("Your session has ended. Please sign in again.")
    begin(page)  # one click: the server remembers the browser
    expect(page.get_by_role("status")).to_contain_text(f"Signed in as {EMAIL}")
    wait_until_usable(page)
    run(page)
    expect(answer(page)).to_contain_text(EMAIL)


def test_a_token_that_ended_signs_out_over_the_websocket_as_well(page: Page, endpoint: Endpoint) -> None:
    sign_in(page)
    endpoint.oauth.tokens.clear()
    ask(page, WATCHING)
    expect(complaint(page)).to_have_text("Your session has ended. Please sign in again.")


def test_tabs_keep_their_operations(page: Page) -> None:
    ask(page, "{ slow }")
    tabs = page.get_by_role("tab")
    tabs.first.click()
    expect(editor(page)).to_contain_text("WhoAmI")
    tabs.nth(1).click()
    expect(editor(page)).to_contain_text("slow")
    tabs.nth(1).get_by_role("button", name="Close Tab").click()
    expect(tabs).to_have_count(1)
    expect(editor(page)).to_contain_text("WhoAmI")
