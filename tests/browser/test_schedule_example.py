"""`/examples/schedule` in two browsers: what one person's booking, move and cancellation does to another's screen."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, WebSocketRoute, expect
from pymongo import MongoClient

from benchmarks.stored_ring import tokens_with_stored_keys
from models.identity import new_id
from ohms_graphql.app import create_app
from ohms_graphql.database import open_database
from ohms_graphql.settings import Settings, load_settings
from tests.browser.server import free_port, served
from tests.browser.watched import PHONE, SIZE, Watch
from tests.clinic import Clinic
from tests.graph import gid
from tests.schema.appointment.desk import operation

pytestmark = pytest.mark.browser

PASSWORDS = {"house": "house-password", "staff": "staff-password"}


def early_zone() -> str:
    """Where it is between four and five in the morning now: the day that the tests book in lies ahead, whatever the hour."""
    ahead = (4 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"  # the sign of these is turned round


class Running:
    """The served application, and its clinic."""

    def __init__(self, address: str, settings: Settings, clinic: Clinic) -> None:
        self.address = address
        self.clinic = clinic
        self._settings = settings
        zone = ZoneInfo(clinic.house.time_zone)
        noon = datetime.now(zone).replace(hour=12, minute=0, second=0, microsecond=0)
        self.noon = noon.astimezone(UTC)

    def change(self, name: str, **given: Any) -> Any:
        """By staff, over HTTP."""
        token = tokens_with_stored_keys(self._settings).issue(self.clinic.accounts["staff"].id, new_id()).value
        answer = httpx.post(
            f"{self.address}/graphql",
            json={"query": operation(name), "variables": {"input": given}},
            headers={"authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=30,
        ).json()
        (payload,) = answer["data"].values()
        assert payload["errors"] == [], payload
        return payload["appointment"]

    def book(self, start: datetime, patient: Any = None) -> str:
        clinic = self.clinic
        booked = self.change(
            "book",
            provider=gid(clinic.house),
            patient=gid(patient or clinic.alice),
            visitType=gid(clinic.follow_up),
            start=start.isoformat(),
            override={"reason": "Test"},
        )
        visit_id: str = booked["id"]
        return visit_id


async def _store(settings: Settings) -> Clinic:
    async with open_database(settings.mongodb_url or "", settings.database):
        clinic = Clinic()
        clinic.house.time_zone = early_zone()
        for name, password in PASSWORDS.items():
            clinic.accounts[name].password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(password)
        return await clinic.stored()


@pytest.fixture
def running(mongodb_url: str, database_name: str) -> Iterator[Running]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name, "OHMS_PUBLIC_URL": url})
    with ThreadPoolExecutor(1) as beside_the_browser:
        clinic = beside_the_browser.submit(asyncio.run, _store(settings)).result()
    with served(create_app(settings), port):
        yield Running(url, settings, clinic)


@pytest.fixture
def rows(running: Running, mongodb_url: str, database_name: str) -> Iterator[Any]:
    """The database, as another process has it."""
    assert running
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        yield client[database_name]


@pytest.fixture
def open_day(chromium: Browser, watch: Watch, running: Running) -> Callable[..., Page]:
    """The page in a browser of its own, signed in, following today."""

    def opened(caller: str, size: Any = SIZE, through: Callable[[WebSocketRoute], None] | None = None) -> Page:
        page = watch.new_page(chromium, size)
        if through is not None:
            page.route_web_socket("**/graphql", through)
        page.goto(f"{running.address}/examples/schedule")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("E-mail").fill(running.clinic.accounts[caller].email or "")
        page.get_by_label("Password").fill(PASSWORDS[caller])
        page.get_by_role("button", name="Sign in").click()
        if caller == "staff":
            page.get_by_label("Provider").select_option(gid(running.clinic.house))
        expect(page.get_by_role("status")).to_have_text("Live")
        return page

    return opened


def _names(page: Page) -> list[str]:
    return page.locator("#day .patient").all_inner_texts()


def test_two_browsers_see_what_others_do(running: Running, open_day: Callable[..., Page]) -> None:
    clinic = running.clinic
    early = running.book(running.noon - timedelta(hours=1))
    provider, desk = open_day("house"), open_day("staff", PHONE)
    for page in (provider, desk):
        expect(page.locator(f'[data-id="{early}"]')).to_contain_text("11:00")
    late = running.book(running.noon, clinic.bob)
    for page in (provider, desk):
        expect(page.locator(f'[data-id="{late}"]')).to_contain_text("12:00")
        assert len(_names(page)) == 2
    running.change("reschedule", id=late, start=(running.noon - timedelta(hours=3)).isoformat(), override={"reason": "Test"})
    for page in (provider, desk):
        expect(page.locator("#day li").first).to_have_attribute("data-id", late)
    running.change("cancel", id=early)
    for page in (provider, desk):
        expect(page.locator("#day li")).to_have_count(1)
    running.change("reschedule", id=late, start=(running.noon + timedelta(days=1)).isoformat(), override={"reason": "Test"})
    for page in (provider, desk):
        expect(page.get_by_text("Nothing is booked on this day.")).to_be_visible()
    desk.get_by_role("button", name="The day after").click()
    expect(desk.locator(f'[data-id="{late}"]')).to_contain_text("12:00")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_happened_while_the_network_was_away_is_caught_up(
    running: Running, open_day: Callable[..., Page], watch: Watch
) -> None:
    watch.expected.append("WebSocket")
    sockets: list[WebSocketRoute] = []

    def through_us(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page = open_day("house", through=through_us)
    assert len(sockets) == 1
    sockets[0].close(code=1012, reason="Cut by the test")
    visits = [running.book(running.noon + timedelta(minutes=20 * number)) for number in range(3)]
    for visit in visits:
        expect(page.locator(f'[data-id="{visit}"]')).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Live")
    assert len(sockets) > 1


def test_who_loses_the_account_is_signed_out_and_nothing_is_kept(
    running: Running, open_day: Callable[..., Page], rows: Any
) -> None:
    page = open_day("house")
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"
    rows["accounts"].update_one({"_id": running.clinic.accounts["house"].id}, {"$set": {"status": "DEACTIVATED"}})
    expect(page.get_by_role("status")).to_have_text("Signed out")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
