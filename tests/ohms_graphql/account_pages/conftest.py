"""Somebody with a browser that runs no script, before the account pages of the whole application."""

import re
from dataclasses import dataclass
from html import unescape

import httpx
import pytest

CSRF = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


@dataclass
class FormBrowser:
    http: httpx.AsyncClient

    async def send(self, path: str, **typed: str) -> httpx.Response:
        """Opens the page, fills in its form and sends it; what comes of it, redirects followed."""
        page = await self.http.get(path)
        found = CSRF.search(page.text)
        assert found, page.text
        sent = {"csrf_token": found[1], **typed}
        return await self.http.post(path, data=sent, follow_redirects=True)


def problems(page: httpx.Response) -> list[tuple[str | None, str]]:
    """The summary on top of a page: (field, text) of each line."""
    summary = re.search(r'<div class="problems" role="alert">(.*?)</div>', page.text, re.DOTALL)
    if summary is None:
        return []
    items = re.findall(r'<li>(?:<a href="#(\w+)">)?(.*?)(?:</a>)?</li>', summary[1])
    return [(field or None, unescape(text)) for field, text in items]


@pytest.fixture
def browser(http: httpx.AsyncClient) -> FormBrowser:
    return FormBrowser(http)


@pytest.fixture
def mailed_code(caplog: pytest.LogCaptureFixture) -> "MailedCode":
    return MailedCode(caplog)


@dataclass
class MailedCode:
    """Reads the log, where mails stand in development."""

    log: pytest.LogCaptureFixture

    def to(self, email: str) -> str:
        texts = [record.__dict__["text"] for record in self.log.records if record.__dict__.get("to") == email]
        codes = [found[1] for text in texts if (found := re.search(r"\n\n(\S{24,})\n\n", text))]
        assert codes, f"no code among {len(texts)} mails"
        return codes[-1]

    def count(self) -> int:
        return len([record for record in self.log.records if "subject" in record.__dict__])
