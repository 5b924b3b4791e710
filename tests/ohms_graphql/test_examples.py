"""The example pages: there for developers, not where patients are served."""

import re

import httpx
import pytest

from ohms_graphql.app import create_app
from ohms_graphql.settings import Settings


async def test_the_schedule_page_and_its_modules_are_served(http: httpx.AsyncClient) -> None:
    page = await http.get("/examples/schedule")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    modules = list(links)
    for link in modules:
        found = await http.get(link)
        assert found.status_code == 200, link
        folder = link.rpartition("/")[0]
        modules += [
            f"{folder}/{name}" for name in re.findall(r"from '\./([^']+)'", found.text) if f"{folder}/{name}" not in modules
        ]
    assert len(modules) >= 7


@pytest.mark.parametrize(
    "path", ["/static/examples/../pages.py", "/static/examples/schedule/", "/static/examples/%2e%2e/pages.py"]
)
async def test_nothing_else_is_served(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code in {404, 405}


def test_production_has_no_examples(settings: Settings) -> None:
    production = settings.model_copy(update={"environment": "production"})
    paths = [getattr(route, "path", "") for route in create_app(production).routes]
    assert [path for path in paths if "examples" in path] == []
    assert [path for path in (getattr(route, "path", "") for route in create_app(settings).routes) if "examples" in path]
