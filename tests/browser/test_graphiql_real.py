"""GraphiQL on the whole application, in the system's Chromium, with every outside request blocked."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Page, expect

from ohms_graphql.app import create_app
from ohms_graphql.database import open_database
from ohms_graphql.settings import Settings, load_settings
from tests.browser.server import free_port, served
from tests.browser.watched import Watch
from tests.clinic import Clinic

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "staff@clinic.example", "staff-password"


async def _store(settings: Settings) -> None:
    async with open_database(settings.mongodb_url or "", settings.database):
        clinic = Clinic()
        clinic.accounts["staff"].password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
        await clinic.stored()


@pytest.fixture
def address(mongodb_url: str, database_name: str) -> Iterator[str]:
    """The server at the address that its tokens name as issuer: signing in works there and nowhere else."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name, "OHMS_PUBLIC_URL": url})
    with ThreadPoolExecutor(1) as beside_the_browser:
        beside_the_browser.submit(asyncio.run, _store(settings)).result()
    with served(create_app(settings), port):
        yield url


def _type_in(page: Page, password: str) -> None:
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_somebody_signs_in_explores_and_asks(address: str, chromium_page: Page, watch: Watch) -> None:
    page = chromium_page
    watch.expected.append("400")  # Chromium writes a refused form to the console
    page.goto(f"{address}/graphql")
    entrance = page.get_by_role("banner").get_by_role("button", name="Sign in")
    entrance.click()
    _type_in(page, "wrong")
    expect(page.get_by_text("The e-mail address or the password is wrong.").first).to_be_visible()
    _type_in(page, PASSWORD)
    expect(page.locator(".ohms-who")).to_contain_text(EMAIL)
    expect(page.locator(".ohms-who")).to_contain_text("STAFF")
    assert page.url == f"{address}/graphql"

    page.get_by_role("button", name="Find patients").click()
    page.get_by_role("button", name="Execute query").click()
    result = page.locator(".result-window")
    expect(result).to_contain_text("Alice Müller")

    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.get_by_text("All that can be read.").or_(page.get_by_role("link", name="Query")).first).to_be_visible()

    told: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: told.append(str(frame))))
    page.get_by_role("button", name="New tab").click()
    page.get_by_role("region", name="Operation Editor").locator(".view-lines").first.click()
    page.keyboard.insert_text("subscription { viewerChanged { roles } }")
    page.get_by_role("button", name="Execute query").click()
    page.wait_for_timeout(1500)
    expect(page.get_by_role("button", name="Stop query")).to_be_visible()  # open, and not refused
    assert any("connection_init" in frame and "Bearer eyJ" in frame for frame in told)
    page.get_by_role("button", name="Stop query").click()

    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "eyJ" not in stored
    page.reload()
    entrance.click()  # no password: the server remembers the browser
    expect(page.locator(".ohms-who")).to_contain_text(EMAIL)

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()  # on the server's page
    expect(entrance).to_be_visible()
    entrance.click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert watch.outside == []
