"""`/examples/schedule`: a provider's day that redraws itself as others book."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

_STATIC = Path(__file__).parent / "static"


def example_pages() -> list[BaseRoute]:
    """Not for production: what serves patients shows them no samples."""
    return [Route("/examples/schedule", _schedule), Mount("/static/examples", StaticFiles(directory=_STATIC))]


async def _schedule(request: Request) -> Response:
    # Some browsers do not count ws: as 'self'.
    host = request.url.netloc
    policy = "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"connect-src 'self' ws://{host} wss://{host}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
    page = (_STATIC / "schedule" / "index.html").read_text(encoding="utf-8")
    return HTMLResponse(page, headers={"content-security-policy": policy})
