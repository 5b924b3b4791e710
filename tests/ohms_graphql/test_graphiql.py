"""GraphiQL's page and assets, without a browser. What a browser makes of them is in tests/browser."""

import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ohms_graphql.graphiql import BUILT, NONCE_PLACEHOLDER, graphiql_assets, graphiql_page


def client(built: Path, host: str = "127.0.0.1:8000") -> httpx.AsyncClient:
    async def page(request: Request) -> Response:
        return graphiql_page(request, built)

    app = Starlette(routes=[Route("/graphql", page), graphiql_assets(built)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A build of two files, beside a file that is nobody's business."""
    assets = tmp_path / "graphiql" / "assets"
    assets.mkdir(parents=True)
    page = f'<!doctype html><meta name="csp-nonce" nonce="{NONCE_PLACEHOLDER}">'
    (tmp_path / "graphiql" / "index.html").write_text(page)
    (assets / "index-abc123.js").write_text("export {}")
    (assets / "codicon-abc123.ttf").write_bytes(b"\0")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "graphiql"


def directives(response: httpx.Response) -> dict[str, list[str]]:
    policy = response.headers["content-security-policy"]
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


async def test_the_page_forbids_everything_that_it_does_not_need(built: Path) -> None:
    async with client(built) as http:
        response = await http.get("/graphql")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = directives(response)
    nonce = policy["style-src"][1]
    assert policy == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", nonce],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'", "ws://127.0.0.1:8000", "wss://127.0.0.1:8000"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["vary"] == "Accept"


async def test_each_answer_has_its_own_nonce_in_page_and_policy(built: Path) -> None:
    async with client(built) as http:
        answers = [await http.get("/graphql") for _ in range(2)]
    nonces = [re.findall(r'nonce="([^"]+)"', answer.text) for answer in answers]
    assert nonces[0] != nonces[1]
    for answer, found in zip(answers, nonces, strict=True):
        assert directives(answer)["style-src"] == ["'self'", f"'nonce-{found[0]}'"]
        assert len(found[0]) >= 22  # 128 bits
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["clinic.example:8443", "clinic", "[::1]:8000"])
async def test_the_websocket_of_the_same_host_may_be_opened(built: Path, host: str) -> None:
    async with client(built) as http:
        response = await http.get("/graphql", headers={"host": host})
    assert directives(response)["connect-src"] == ["'self'", f"ws://{host}", f"wss://{host}"]


@pytest.mark.parametrize(
    "host",
    ["", "*", "a; script-src *", "a b", "a,b", "evil.example/x", "'unsafe-inline'", "*.example", "a:99999999", "a\tb", "-"],
)
async def test_a_crafted_host_header_adds_nothing_to_the_policy(built: Path, host: str) -> None:
    async with client(built) as http:
        response = await http.get("/graphql", headers={"host": host})
    policy = directives(response)
    assert policy["connect-src"] == ["'self'"]
    assert policy["script-src"] == ["'self'"]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("index-abc123.js", "text/javascript; charset=utf-8"), ("codicon-abc123.ttf", "font/ttf")],
)
async def test_an_asset_has_its_type_and_is_kept_for_a_year(built: Path, name: str, media_type: str) -> None:
    async with client(built) as http:
        response = await http.get(f"/static/graphiql/assets/{name}")
        again = await http.get(response.url, headers={"if-none-match": response.headers["etag"]})
    assert response.status_code == 200
    assert response.headers["content-type"] == media_type
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert directives(response) == {"default-src": ["'none'"], "script-src": ["'self'"]}
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["../../secret.txt", "%2e%2e/%2e%2e/secret.txt", "..%2f..%2fsecret.txt", "../index.html", "", "index.js", "%00"]
)
async def test_nothing_outside_the_assets_is_served(built: Path, path: str) -> None:
    raw = f"/static/graphiql/assets/{path}".encode()
    url = httpx.URL("http://127.0.0.1").copy_with(raw_path=raw)
    async with client(built) as http:
        response = await http.get(url)
    assert response.status_code == 404
    assert "secret" not in response.text


async def test_before_the_build_the_page_says_what_to_do(tmp_path: Path) -> None:
    async with client(tmp_path / "nothing") as http:
        page = await http.get("/graphql")
        asset = await http.get("/static/graphiql/assets/index.js")
    assert page.status_code == 503
    assert "make web" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert asset.status_code == 404


async def test_the_build_that_ships_names_only_files_that_it_has() -> None:
    assert (BUILT / "index.html").is_file(), "GraphiQL is not built: run `make web`"
    async with client(BUILT) as http:
        page = await http.get("/graphql")
        addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        kinds = {Path(address).suffix for address in addresses}
        answers = [await http.get(address) for address in addresses]
    assert kinds == {".js", ".css", ".svg"}
    assert [answer.status_code for answer in answers] == [200] * len(addresses)
    assert NONCE_PLACEHOLDER not in page.text
    assert "<title>OHMS GraphiQL</title>" in page.text


def test_the_build_that_ships_has_no_source_maps_and_inline_scripts() -> None:
    names = [path.name for path in (BUILT / "assets").iterdir()]
    assert any(name.startswith("codicon") for name in names)
    assert sum(".worker-" in name for name in names) == 3
    assert not [name for name in names if name.endswith(".map")]
    assert not [name for name in names if "sourceMappingURL" in (BUILT / "assets" / name).read_text(errors="ignore")[-200:]]
    assert re.findall(r"<script(?![^>]* src=)", (BUILT / "index.html").read_text()) == []


def test_the_lock_file_names_no_registry() -> None:
    lock = (Path(__file__).parents[2] / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 100
