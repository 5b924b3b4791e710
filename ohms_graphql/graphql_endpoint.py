"""`/graphql`: GraphQL over HTTP and over Server-Sent Events, graphql-transport-ws on the same path, GraphiQL for browsers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET, UnsetType

from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.bearer_token import bearer_token
from ohms_graphql.cancellation import being_cancelled
from ohms_graphql.document_names import AutomaticDocuments, Documents
from ohms_graphql.documents.upload_request import brings_file, read_upload
from ohms_graphql.entitlement import Callers, entitlement_ended
from ohms_graphql.error_policy import mask_unexpected_errors, masked
from ohms_graphql.graphql_request import GraphQLRequest, UnreadableRequest, read_request
from ohms_graphql.graphql_response import JSONAnswer, answer, bad_token, fault, refusal, wrong_operation_type
from ohms_graphql.graphql_sse import EventStreamResponse, OpenStreams
from ohms_graphql.graphql_transport_ws import Connection, Socket, TransportWSHandler
from ohms_graphql.media_types import GRAPHQL_RESPONSE, JSON, wanted
from ohms_graphql.request_header import request_header
from ohms_graphql.security_headers import with_headers
from resolvers.context import RequestContext
from schema.known_documents import DocumentCache

OpenContext = Callable[[str | None, str], Awaitable[RequestContext]]
Page = Callable[[Request], Response]

_ASKING = frozenset({"query", "extensions", "documentId"})
"""A GET with one of these asks something."""
_STREAMED_BY_METHOD = {
    "GET": {OperationType.QUERY, OperationType.SUBSCRIPTION},
    "POST": set(OperationType),
}
_BY_METHOD = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}


class GraphQLEndpoint(GraphQL[Any, None]):
    """``open_context`` takes a bearer token and the client's address, once for each operation; raises InvalidToken.

    ``callers`` tells what becomes of those whose operations stay open; without it nobody is looked at again.
    ``documents`` tells what may be asked; without it whatever is sent in whole.
    """

    graphql_transport_ws_handler_class = TransportWSHandler
    websocket_adapter_class = Socket

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        open_context: OpenContext,
        callers: Callers | None = None,
        ide: Page,
        documents: Documents | None = None,
        allowed_origins: Sequence[str] = (),
        max_subscriptions_per_connection: int = 50,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=10),
            max_subscriptions_per_connection=max_subscriptions_per_connection,
            allowed_origins=allowed_origins,
        )
        self.open_context = open_context
        self.callers = callers
        self.open_streams = OpenStreams()
        self.documents = documents or AutomaticDocuments(DocumentCache())
        self._ide = ide

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive=receive, send=send))
            return
        request = Request(scope, receive)
        response = await self._answer(request)
        # The usual answers have these headers already; GraphiQL's page and streams of events have not.
        await response(scope, receive, send if isinstance(response, JSONAnswer) else with_headers(send))

    # -- HTTP ---------------------------------------------------------------------------------------------------------

    async def _answer(self, request: Request) -> Response:
        accepted = wanted(request_header(request, b"accept"))
        if accepted.page and request.method == "GET" and _ASKING.isdisjoint(request.query_params):
            return self._ide(request)
        if accepted.events:
            return await self._ask(request, JSON, self._stream)
        if accepted.answer is None:
            return refusal(f"Accept must allow {GRAPHQL_RESPONSE} or {JSON}.", 406, JSON)
        return await self._ask(request, accepted.answer, self._execute)

    async def _ask(self, request: Request, media_type: str, run: Callable[[Request, str], Awaitable[Response]]) -> Response:
        """``media_type`` is that of what goes wrong before anything is run."""
        try:
            return await run(request, media_type)
        except UnreadableRequest as unreadable:
            status = 200 if unreadable.known_to_clients and media_type == JSON else unreadable.status
            return refusal(unreadable.message, status, media_type, unreadable.code, unreadable.headers)
        except ClientDisconnect:
            return refusal("The request was not sent whole.", 400, media_type)  # for the log: nobody hears it
        except InvalidToken as invalid:
            return bad_token(invalid.message, media_type)
        except (Exception, asyncio.CancelledError) as error:  # whatever it was, the caller gets an answer and the log the rest
            if being_cancelled():
                raise
            return fault(masked(error), media_type)

    async def _execute(self, request: Request, media_type: str) -> Response:
        if not brings_file(request):
            return await self._run(request, await read_request(request), media_type)
        upload = await read_upload(request)
        return await upload.answered(lambda: self._run(request, upload.asked, media_type))

    async def _run(self, request: Request, asked: GraphQLRequest, media_type: str) -> Response:
        text = self.documents.text(asked)
        context = await self._context_of(request)
        try:
            result = await self.schema.execute(
                text,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=_BY_METHOD[request.method],
            )
        except InvalidOperationTypeError as wrong:
            return wrong_operation_type(wrong, request.method, media_type)
        except CannotGetOperationTypeError as unknown:
            errors = [GraphQLError("", original_error=unknown)]
            mask_unexpected_errors(errors)
            result = PreExecutionError(data=None, errors=errors)
        self.documents.ran(asked)
        return answer(result, media_type)

    async def _stream(self, request: Request, _media_type: str) -> Response:
        asked = await read_request(request)
        text = self.documents.text(asked)
        context = await self._context_of(request)
        results = await self.schema.stream(
            text,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            allowed_operation_types=_STREAMED_BY_METHOD[request.method],
        )
        self.documents.ran(asked)
        token = bearer_token(request_header(request, b"authorization"))
        return EventStreamResponse(results, lambda: entitlement_ended(context, self.callers, token), self.open_streams)

    async def _context_of(self, request: Request) -> RequestContext:
        client_address = request.client.host if request.client else ""
        return await self.open_context(bearer_token(request_header(request, b"authorization")), client_address)

    # -- websocket ----------------------------------------------------------------------------------------------------

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:  # noqa: ARG002
        """Called for sockets only: what lasts as long as the connection."""
        return Connection(client_address=request.client.host if request.client else "")

    async def on_ws_connect(self, context: Connection) -> UnsetType | dict[str, object] | None:
        """A bad token ends the connection at once (4403), so that nobody subscribes as nobody by mistake."""
        try:
            await self.open_context(context.token(), context.client_address)
        except InvalidToken as invalid:
            raise ConnectionRejectionError from invalid
        return UNSET  # type: ignore[no-any-return]  # typed Any by Strawberry

    def encode_json(self, data: object) -> str:
        """Text: a websocket client would take bytes for a binary frame."""
        return orjson.dumps(data).decode()

    def decode_json(self, data: str | bytes) -> object:
        """Faster than the stock one, and JSON that is nested too deeply is an error like any other."""
        return orjson.loads(data)
