"""A forgotten password on a phone, in a browser that runs no script."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect

from ohms_graphql.app import create_app
from ohms_graphql.database import open_database
from ohms_graphql.settings import Settings, load_settings
from tests.browser.server import served
from tests.browser.watched import PHONE, Watch
from tests.clinic import Clinic

pytestmark = pytest.mark.browser

NEW_PASSWORD = "a new long password"


async def _stored(settings: Settings) -> Clinic:
    async with open_database(settings.mongodb_url or "", settings.database):
        return await Clinic().stored()


@pytest.fixture
def settings(mongodb_url: str, database_name: str) -> Settings:
    return load_settings({"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name})


@pytest.fixture
def email(settings: Settings) -> str:
    with ThreadPoolExecutor(1) as beside_the_browser:
        return beside_the_browser.submit(asyncio.run, _stored(settings)).result().accounts["alice"].email


@pytest.fixture
def address(settings: Settings, email: str) -> Iterator[str]:
    with served(create_app(settings)) as url:
        yield url


@pytest.fixture
def phone(chromium: Browser, watch: Watch) -> Page:
    return watch.new_page(chromium, PHONE, with_script=False)


def _misfits(page: Page) -> list[str]:
    """What reaches out of the screen, or is too small to be touched (WCAG 2.5.8 asks for 24 pixels, we for 44).

    The words of a page can be read before its style sheet has come; only a loaded page has its sizes.
    """
    page.wait_for_load_state("load")
    controls = page.locator("input:visible, button:visible").all()
    assert controls
    boxes = [(control.get_attribute("name"), control.bounding_box()) for control in controls]
    return [
        f"{name}: {box}"
        for name, box in boxes
        if not box or box["x"] < 0 or box["x"] + box["width"] > PHONE["width"] or box["height"] < 44
    ]


def test_a_forgotten_password_is_set_anew_by_keyboard(
    address: str, email: str, phone: Page, caplog: pytest.LogCaptureFixture, watch: Watch
) -> None:
    watch.expected.append("400")  # Chromium writes such an answer to the console
    phone.goto(f"{address}/account/reset-password")
    expect(phone.get_by_label("E-mail address")).to_be_focused()
    assert _misfits(phone) == []
    phone.keyboard.type(email)
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Set a new password")
    mails = [record.__dict__["text"] for record in caplog.records if record.__dict__.get("to") == email]
    code = re.search(r"\n\n(\S{24})\n\n", mails[-1])
    assert code
    assert code[1] not in phone.url

    expect(phone.get_by_label("Code")).to_be_focused()
    phone.keyboard.type("WRONG")
    phone.keyboard.press("Tab")
    phone.keyboard.type(NEW_PASSWORD)
    phone.keyboard.press("Enter")
    summary = phone.get_by_role("alert")
    expect(summary).to_contain_text("Code: The code is wrong")
    expect(phone.get_by_label("Code")).to_have_accessible_description(re.compile("The code is wrong"))
    expect(phone.get_by_label("New password")).to_have_value("")
    assert _misfits(phone) == []

    summary.get_by_role("link").click()
    expect(phone.get_by_label("Code")).to_be_focused()
    phone.keyboard.press("Control+A")
    phone.keyboard.type(code[1])
    phone.get_by_label("New password").fill(NEW_PASSWORD)
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("The new password is good from now on.")
    phone.get_by_role("link", name="Sign in").click()
    phone.get_by_label("E-mail address").fill(email)
    phone.get_by_label("Password").fill(NEW_PASSWORD)
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_have_text(f"As {email}.")
    assert watch.outside == []
