"""A small server to drive GraphiQL with: sign-in by OAuth, a viewer, and a subscription that needs the token."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from enum import Enum
from typing import Any

import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL

from ohms_graphql.graphiql import graphiql_assets, graphiql_page
from tests.browser.toy_oauth import EMAIL, OTHER_EMAIL, ToyOAuth


@strawberry.enum
class Role(Enum):
    PROVIDER = "PROVIDER"
    STAFF = "STAFF"


ACCOUNTS = {EMAIL: [Role.PROVIDER, Role.STAFF], OTHER_EMAIL: [Role.STAFF]}


@strawberry.type
class Account:
    email: str
    last_signed_in_at: datetime | None = None


@strawberry.type(description="Who is asking.")
class Viewer:
    roles: list[Role]
    account: Account


def viewer_of(info: strawberry.Info[Any, None]) -> Viewer | None:
    tokens: dict[str, str] = info.context["tokens"]
    email = tokens.get(info.context["authorization"].removeprefix("Bearer "))
    if email is None:
        return None
    return Viewer(roles=ACCOUNTS[email], account=Account(email=email))


@strawberry.type
class Query:
    @strawberry.field(description="The account that is signed in; null when nobody is.")
    def viewer(self, info: strawberry.Info[Any, None]) -> Viewer | None:
        return viewer_of(info)

    @strawberry.field
    async def slow(self) -> str:
        await asyncio.sleep(1)
        return "an answer for whoever asked a second ago"


@strawberry.type
class Subscription:
    @strawberry.subscription(description="Who opened the websocket, ten times a second.")
    async def watching(self, info: strawberry.Info[Any, None]) -> AsyncIterator[str]:
        viewer = viewer_of(info)
        if viewer is None:
            raise GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})
        count = 0
        while True:
            count += 1
            yield f"{viewer.account.email} has watched {count} times"
            await asyncio.sleep(0.1)


class Endpoint(GraphQL[dict[str, Any], None]):
    """/graphql: the page for a browser, GraphQL for everyone else, 401 for a token that is not (or no longer) known."""

    def __init__(self, oauth: ToyOAuth | None = None) -> None:
        self.oauth = oauth or ToyOAuth()
        schema = strawberry.Schema(Query, subscription=Subscription)
        super().__init__(schema, graphql_ide=None, subscription_protocols=["graphql-transport-ws"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = HTTPConnection(scope).headers
        if scope["type"] == "http" and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            await graphiql_page(Request(scope))(scope, receive, send)
        elif scope["type"] == "http" and self._is_stale(headers.get("authorization", "")):
            body = {"errors": [{"message": "The token is not valid.", "extensions": {"code": "UNAUTHENTICATED"}}]}
            await JSONResponse(body, 401, media_type="application/graphql-response+json")(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def _is_stale(self, authorization: str) -> bool:
        return authorization != "" and authorization.removeprefix("Bearer ") not in self.oauth.tokens

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        return {"tokens": self.oauth.tokens, "authorization": request.headers.get("authorization", "")}

    async def on_ws_connect(self, context: dict[str, Any]) -> Any:
        params = context.get("connection_params") or {}
        context["authorization"] = params.get("authorization", "")
        return await super().on_ws_connect(context)


def toy_app(endpoint: Endpoint) -> Starlette:
    return Starlette(
        routes=[*endpoint.oauth.routes(), graphiql_assets(), Route("/graphql", endpoint), WebSocketRoute("/graphql", endpoint)]
    )
