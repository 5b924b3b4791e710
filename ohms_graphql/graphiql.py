"""GraphiQL for browsers: the page and its assets, built from web/ into static/graphiql/ and served by OHMS itself.

Nothing is loaded from another host, so it works on a network without internet. The policy below is what GraphiQL 5
needs and no more:

- no inline script and no eval; workers are files of ours;
- Monaco makes <style> elements: they carry the nonce of the answer (web/src/nonce.ts). It also writes `style="top: 18px"`
  into the lines of the editor, which no nonce can cover: `style-src-attr 'unsafe-inline'`, for attributes alone;
- GraphiQL's own style sheet brings its fonts as data: addresses.
"""

import html
import re
import secrets
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BUILT = Path(__file__).parent / "static" / "graphiql"
NONCE_PLACEHOLDER = "CSP_NONCE"  # in web/index.html

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_YEAR = "public, max-age=31536000, immutable"
# Python asks the operating system for these, and a slim image or Windows answers otherwise.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
}

_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>OHMS GraphiQL</title>
<h1>GraphiQL is not built</h1>
<p>Run <code>make web</code> in the folder of OHMS, then load this page again.</p>
<p>The API itself works: send GraphQL as a POST request to <code>{path}</code>.</p>
</html>
"""


def graphiql_page(request: Request, built: Path = BUILT) -> Response:
    """The page as text/html, 200; or 503 and what to do when the assets in `built` are missing."""
    try:
        page = (built / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        message = _NOT_BUILT.format(path=html.escape(request.url.path))
        return HTMLResponse(message, status_code=503, headers=_headers("default-src 'none'; frame-ancestors 'none'"))
    nonce = secrets.token_urlsafe(16)
    policy = _policy(nonce, request.headers.get("host", ""))
    return HTMLResponse(page.replace(NONCE_PLACEHOLDER, nonce), headers=_headers(policy))


def graphiql_assets(built: Path = BUILT) -> Mount:
    """The route of the scripts, style sheets, fonts and workers; their names change with their contents."""
    return Mount("/static/graphiql/assets", app=_Assets(directory=built / "assets", check_dir=False))


class _Assets(StaticFiles):
    """Starlette's files, which never leave the directory, kept by browsers for a year."""

    async def check_config(self) -> None:
        """A directory that is not built yet is an empty one: 404 for each file, and no error at the first request."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if media_type := _TYPES.get(Path(path).suffix):
            response.headers["Content-Type"] = media_type
        response.headers["X-Content-Type-Options"] = "nosniff"
        # A worker answers to the policy of its own script, not to the page's.
        response.headers["Content-Security-Policy"] = "default-src 'none'; script-src 'self'"
        response.headers["Cache-Control"] = _YEAR
        return response


def _policy(nonce: str, host: str) -> str:
    # Some browsers do not count ws: as 'self'. A Host header that is no plain host and port adds nothing to the policy.
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            f"connect-src 'self'{sockets}",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


def _headers(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",  # a nonce is used once
        "Vary": "Accept",  # the same address answers API requests
    }


async def to_graphiql(_request: Request) -> RedirectResponse:
    """For whoever opens the bare address."""
    return RedirectResponse("/graphql")
