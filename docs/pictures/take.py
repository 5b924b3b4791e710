"""Takes the pictures of GraphiQL and of the schedule example that the README shows, from a server with the demo clinic.

ohms serve --demo-if-empty &
python docs/pictures/take.py http://127.0.0.1:8000
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
SIZE = {"width": 1280, "height": 800}
EMAIL, PASSWORD = "provider@ohms.example", "demo-password-1"


def take(page: Page, address: str) -> None:
    page.goto(f"{address}/graphql")
    page.get_by_role("button", name="Execute query").wait_for()
    page.wait_for_timeout(1500)
    page.screenshot(path=HERE / "graphiql.png")
    page.get_by_role("banner").get_by_role("button", name="Sign in").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    page.get_by_role("button", name="A patient's chart").click()
    page.get_by_role("button", name="Execute query").click()
    page.locator(".result-window").get_by_text("patients").first.wait_for()
    page.wait_for_timeout(1500)
    page.screenshot(path=HERE / "graphiql-signed-in.png")


def take_schedule(page: Page, address: str) -> None:
    """Of the demo clinic's provider, on a day that has visits."""
    page.goto(f"{address}/examples/schedule")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Live").wait_for()
    while page.locator("#day li").count() < 4:
        page.get_by_role("button", name="The day after").click()
        page.get_by_text("Live").wait_for()
    page.screenshot(path=HERE / "schedule.png")
    page.set_viewport_size({"width": 360, "height": 740})
    page.screenshot(path=HERE / "schedule-phone.png")


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take(browser.new_context(viewport=SIZE, locale="en-US").new_page(), sys.argv[1].rstrip("/"))
        take_schedule(browser.new_context(viewport=SIZE, locale="en-US").new_page(), sys.argv[1].rstrip("/"))
        browser.close()


main()
