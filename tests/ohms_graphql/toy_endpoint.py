"""A small graph behind the real endpoint, without a database: for what does not depend on the clinic's graph."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from strawberry.types import ExecutionContext

from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.error_policy import mask_unexpected_errors
from ohms_graphql.graphql_endpoint import GraphQLEndpoint
from ohms_graphql.security_headers import SecurityHeaders
from resolvers.context import RequestContext
from resolvers.principal import ANONYMOUS, Principal

SECRET = "Alice Müller has diabetes"
"""What faults of the toy say. No caller may read it."""


@dataclass
class ToyContext:
    """Of one operation. `number` counts the operations and the sign-ins of sockets so far."""

    number: int
    token: str | None
    principal: Principal = ANONYMOUS
    shared: list["asyncio.Future[str]"] = field(default_factory=list)

    def load(self) -> "asyncio.Future[str]":
        """The same future for all who ask, as a loader gives it."""
        if not self.shared:
            self.shared.append(asyncio.ensure_future(asyncio.sleep(0.03, "loaded")))
        return self.shared[0]


Info: TypeAlias = strawberry.Info[ToyContext, None]


@strawberry.type
class Pair:
    shielded: strawberry.Private[bool]

    @strawberry.field
    async def bad(self) -> str:
        await asyncio.sleep(0.01)
        raise RuntimeError(SECRET)

    @strawberry.field
    async def good(self, info: Info) -> str:
        shared = info.context.load()
        return await (asyncio.shield(shared) if self.shielded else shared)


@strawberry.type
class Query:
    @strawberry.field
    def number(self, info: Info) -> int:
        return info.context.number

    @strawberry.field
    def token(self, info: Info) -> str | None:
        return info.context.token

    @strawberry.field
    def echo(self, text: str = "") -> str:
        return text

    @strawberry.field
    def fail(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    def beyond32_bits(self) -> int | None:
        return 2**40

    @strawberry.field
    def pair(self, shielded: bool) -> Pair | None:
        return Pair(shielded=shielded)

    @strawberry.field
    async def shared(self, info: Info) -> str | None:
        return await asyncio.shield(info.context.load())

    @strawberry.field
    async def unshielded(self, info: Info) -> str | None:
        return await info.context.load()

    @strawberry.field
    async def wait(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "waited"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self) -> bool:
        return True


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncIterator[int]:
        for number in range(1, to + 1):
            yield number

    @strawberry.subscription
    async def breaking(self) -> AsyncIterator[int]:
        yield 1
        raise RuntimeError(SECRET)

    @strawberry.subscription
    async def forever(self, info: Info) -> AsyncIterator[int]:
        yield info.context.number
        await asyncio.Event().wait()


class ToySchema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        mask_unexpected_errors(errors, execution_context)


class ToyContexts:
    """Opens contexts. The tokens `bad` and `down` stand for one that is invalid and for a database that does not answer."""

    def __init__(self) -> None:
        self.opened = 0

    async def open(self, token: str | None, _client_address: str) -> RequestContext:
        if token == "bad":
            raise InvalidToken
        if token == "down":
            raise RuntimeError(SECRET)
        self.opened += 1
        return cast("RequestContext", ToyContext(self.opened, token))


def _page(_request: Request) -> Response:
    return PlainTextResponse("the page")


def toy_app(**options: Any) -> Starlette:
    """`options` are those of GraphQLEndpoint."""
    schema = ToySchema(query=Query, mutation=Mutation, subscription=Subscription)
    endpoint = GraphQLEndpoint(schema, **({"open_context": ToyContexts().open, "ide": _page} | options))
    app = Starlette(routes=[Route("/graphql", endpoint), WebSocketRoute("/graphql", endpoint)])
    app.add_middleware(SecurityHeaders)
    app.state.open_streams = endpoint.open_streams
    return app
