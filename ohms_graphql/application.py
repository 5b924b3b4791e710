"""Starlette with a short way to the graph."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from ohms_graphql.security_headers import SecurityHeaders

GRAPHQL_PATH = "/graphql"


class Application(Starlette):
    """Requests for the graph do not go through the router and Starlette's handling of exceptions.

    ``graphql`` answers its own faults, and with the security headers. Pages of ``allowed_origins`` may call (CORS).
    """

    def __init__(
        self, graphql: ASGIApp, routes: Sequence[BaseRoute], allowed_origins: Sequence[str], lifespan: Lifespan[Starlette]
    ) -> None:
        cors = _cors(allowed_origins)
        super().__init__(routes=routes, middleware=[Middleware(SecurityHeaders), *cors], lifespan=lifespan)
        if cors:  # it answers some requests itself
            graphql = SecurityHeaders(cors[0].cls(graphql, *cors[0].args, **cors[0].kwargs))
        self._graphql = graphql

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == GRAPHQL_PATH:
            await self._graphql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _cors(allowed_origins: Sequence[str]) -> list[Middleware]:
    if not allowed_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", "x-request-id"],
            expose_headers=["x-request-id"],
        )
    ]
