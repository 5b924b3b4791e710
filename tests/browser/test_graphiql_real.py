"""GraphiQL on the whole application, in the system's Chromium, with every outside request blocked."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Page, expect

from ohms_graphql.app import create_app
from ohms_graphql.database import open_database
from ohms_graphql.settings import Settings, load_settings
from tests.browser.server import served
from tests.browser.watched import Watch
from tests.clinic import Clinic

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "staff@clinic.example", "staff-password"

ASK_OVER_WEBSOCKET = """async query => {
  const { token } = JSON.parse(sessionStorage.getItem('ohms.session'));
  const socket = new WebSocket(`ws://${location.host}/graphql`, 'graphql-transport-ws');
  const payload = { authorization: `Bearer ${token}` };
  return await new Promise((resolve, reject) => {
    socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init', payload }));
    socket.onclose = event => reject(new Error(`closed ${event.code}`));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
      if (message.type === 'next') { socket.onclose = null; socket.close(); resolve(message.payload.data); }
    };
  });
}"""


async def _store(settings: Settings) -> None:
    async with open_database(settings.mongodb_url or "", settings.database):
        clinic = Clinic()
        clinic.accounts["staff"].password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
        await clinic.stored()


@pytest.fixture
def address(mongodb_url: str, database_name: str) -> Iterator[str]:
    settings = load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name})
    with ThreadPoolExecutor(1) as beside_the_browser:
        beside_the_browser.submit(asyncio.run, _store(settings)).result()
    with served(create_app(settings)) as url:
        yield url


def _sign_in(page: Page, password: str) -> None:
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("form", name="Sign in").get_by_role("button", name="Sign in").click()


def test_somebody_signs_in_explores_and_asks(address: str, chromium_page: Page, watch: Watch) -> None:
    page = chromium_page
    page.goto(f"{address}/graphql")
    _sign_in(page, "wrong")
    expect(page.get_by_text("The e-mail address or the password is wrong.")).to_be_visible()
    _sign_in(page, PASSWORD)
    expect(page.locator(".ohms-who")).to_contain_text(EMAIL)
    expect(page.locator(".ohms-who")).to_contain_text("STAFF")

    page.get_by_role("button", name="Find patients").click()
    page.get_by_role("button", name="Execute query").click()
    result = page.locator(".result-window")
    expect(result).to_contain_text("Alice Müller")

    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.get_by_text("All that can be read.").or_(page.get_by_role("link", name="Query")).first).to_be_visible()

    over_websocket = page.evaluate(ASK_OVER_WEBSOCKET, "{ viewer { roles } patients { totalCount } }")
    assert over_websocket == {"viewer": {"roles": ["STAFF"]}, "patients": {"totalCount": 3}}

    page.get_by_role("button", name="Sign out").click()
    assert page.evaluate("sessionStorage.getItem('ohms.session')") is None
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "eyJ" not in json.dumps(stored)
    assert watch.outside == []
