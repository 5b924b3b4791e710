"""`/graphql`: GraphQL over HTTP, graphql-transport-ws on the same path, and GraphiQL for browsers."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET, UnsetType

from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.error_policy import INTERNAL_SERVER_ERROR, mask_unexpected_errors
from ohms_graphql.graphql_request import UnreadableRequest, read_request
from ohms_graphql.graphql_transport_ws import Connection, TransportWSHandler, bearer_token
from ohms_graphql.json_logging import request_id
from ohms_graphql.media_types import GRAPHQL_RESPONSE, JSON, answer_type, wants_page
from resolvers.context import RequestContext

_log = logging.getLogger(__name__)

OpenContext = Callable[[str | None, str], Awaitable[RequestContext]]
Page = Callable[[Request], Response]

_BY_METHOD = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}
_STATUS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, INTERNAL_SERVER_ERROR: 500}
_CHALLENGE = {"www-authenticate": 'Bearer error="invalid_token"'}


class GraphQLEndpoint(GraphQL[Any, None]):
    """``open_context`` takes a bearer token and the client's address, once for each operation; raises InvalidToken."""

    graphql_transport_ws_handler_class = TransportWSHandler

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        open_context: OpenContext,
        ide: Page,
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
        self._ide = ide

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive=receive, send=send))
            return
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    # -- HTTP ---------------------------------------------------------------------------------------------------------

    async def _answer(self, request: Request) -> Response:
        accept = request.headers.get("accept")
        if request.method == "GET" and "query" not in request.query_params and wants_page(accept):
            return self._ide(request)
        media_type = answer_type(accept)
        if media_type is None:
            return _refusal(f"Accept must allow {GRAPHQL_RESPONSE} or {JSON}.", 406, JSON)
        try:
            return await self._execute(request, media_type)
        except UnreadableRequest as unreadable:
            return _refusal(unreadable.message, unreadable.status, media_type, headers=unreadable.headers)
        except InvalidToken as invalid:
            return _refusal(invalid.message, 401, media_type, "UNAUTHENTICATED", _CHALLENGE)
        except Exception:  # noqa: BLE001  # whatever it was, the caller gets an answer and the log the rest
            _log.exception("unexpected error outside the operation")
            return _refusal("Internal server error", 500, media_type, INTERNAL_SERVER_ERROR)

    async def _execute(self, request: Request, media_type: str) -> Response:
        asked = await read_request(request)
        client_address = request.client.host if request.client else ""
        context = await self.open_context(bearer_token(request.headers.get("authorization")), client_address)
        try:
            result = await self.schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=_BY_METHOD[request.method],
            )
        except InvalidOperationTypeError as wrong:
            return _wrong_operation_type(wrong, request.method, media_type)
        except CannotGetOperationTypeError:
            errors = [GraphQLError("There is no such operation in the document.")]
            mask_unexpected_errors(errors)
            result = PreExecutionError(data=None, errors=errors)
        return _response(result, media_type)

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


def _wrong_operation_type(wrong: InvalidOperationTypeError, method: str, media_type: str) -> Response:
    if wrong.operation_type is OperationType.SUBSCRIPTION:
        message = f"Subscriptions run over a websocket with the subprotocol {GRAPHQL_TRANSPORT_WS_PROTOCOL}."
        return _refusal(message, 405, media_type, headers={"allow": "GET, POST"})
    message = f"{method} is for queries; send a mutation by POST."
    return _refusal(message, 405, media_type, headers={"allow": "POST"})


def _response(result: ExecutionResult, media_type: str) -> Response:
    body: dict[str, Any] = {}
    request_error = isinstance(result, PreExecutionError)
    if not request_error:
        body["data"] = result.data
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        body["extensions"] = result.extensions
    # A request error has no data and, in the newer media type, says so in its status.
    status = _status(result.errors or []) if request_error and media_type == GRAPHQL_RESPONSE else 200
    return _json_response(body, status, media_type)


def _status(errors: Sequence[GraphQLError]) -> int:
    codes = {(error.extensions or {}).get("code") for error in errors}
    return next((status for code, status in _STATUS.items() if code in codes), 400)


def _refusal(
    message: str, status: int, media_type: str, code: str = "BAD_REQUEST", headers: Mapping[str, str] | None = None
) -> Response:
    extensions = {"code": code}
    if code == INTERNAL_SERVER_ERROR:
        extensions["requestId"] = request_id.get() or ""
    return _json_response({"errors": [{"message": message, "extensions": extensions}]}, status, media_type, headers)


def _json_response(body: dict[str, Any], status: int, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        headers={**(headers or {}), "content-type": f"{media_type}; charset=utf-8", "vary": "Accept"},
    )
