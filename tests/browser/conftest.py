"""The system's Chromium for tests: `chromium_page` is ready to use, `watch` tells what its pages tried.

Playwright's synchronous API runs an event loop in the main thread, so the browser lives no longer than its module, and
a module that uses it holds synchronous tests only (pytest-asyncio could not start a loop beside it).
"""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.watched import Watch

NAMES = ["chromium", "chromium-browser", "google-chrome"]
# No sandbox, because tests run as root in CI; the rest keeps Chromium from calling its maker.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


expect.set_options(
    timeout=20_000
)  # as long as actions may take (`watched`): on a busy machine an editor alone takes five seconds


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on the PATH: GraphiQL is not tested in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when a page tried another host or complained in a way that the test did not expect."""
    watch = Watch()
    yield watch
    watch.close()
    assert watch.outside == []
    assert watch.unexpected() == []


@pytest.fixture
def chromium_page(chromium: Browser, watch: Watch) -> Page:
    return watch.new_page(chromium)
