"""Answers over HTTP: their bodies, status codes and headers (GraphQL over HTTP, section "Response")."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from ohms_graphql.error_policy import INTERNAL_SERVER_ERROR
from ohms_graphql.media_types import EVENT_STREAM, GRAPHQL_RESPONSE, JSON
from ohms_graphql.security_headers import HEADERS

_HEADERS = {
    name: ((b"content-type", f"{name}; charset=utf-8".encode()), (b"vary", b"Accept"), *HEADERS)
    for name in (JSON, GRAPHQL_RESPONSE)
}
_STATUS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, INTERNAL_SERVER_ERROR: 500}
_CHALLENGE = {"www-authenticate": "Bearer"}  # RFC 9110, 15.5.2: no 401 without
_CHALLENGE_FOR_BAD_TOKEN = {"www-authenticate": 'Bearer error="invalid_token"'}  # RFC 6750, 3


def answer(result: ExecutionResult, media_type: str) -> Response:
    """What came of an operation. A request error says so in its status, in the newer media type."""
    request_error = _is_request_error(result)
    status = _status(result.errors or []) if request_error and media_type == GRAPHQL_RESPONSE else 200
    return _json(body_of(result), status, media_type, _CHALLENGE if status == 401 else None)


def body_of(result: ExecutionResult) -> dict[str, Any]:
    """A response as GraphQL has it. A request error has no data."""
    body: dict[str, Any] = {}
    if not _is_request_error(result):
        body["data"] = result.data
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def refusal(
    message: str, status: int, media_type: str, code: str = "BAD_REQUEST", headers: Mapping[str, str] | None = None
) -> Response:
    """For what is not an operation, and never will be one."""
    return _errors([GraphQLError(message, extensions={"code": code})], status, media_type, headers)


def bad_token(message: str, media_type: str) -> Response:
    return refusal(message, 401, media_type, "UNAUTHENTICATED", _CHALLENGE_FOR_BAD_TOKEN)


def fault(error: GraphQLError, media_type: str) -> Response:
    """For a masked error."""
    return _errors([error], 500, media_type)


def wrong_operation_type(wrong: InvalidOperationTypeError, method: str, media_type: str) -> Response:
    if wrong.operation_type is OperationType.SUBSCRIPTION:
        message = (
            f"Subscriptions run over a websocket with the subprotocol {GRAPHQL_TRANSPORT_WS_PROTOCOL}, "
            f"or by POST with Accept: {EVENT_STREAM}."
        )
        return refusal(message, 405, media_type, headers={"allow": "GET, POST"})
    message = f"{method} is for queries; send a mutation by POST."
    return refusal(message, 405, media_type, headers={"allow": "POST"})


def _is_request_error(result: ExecutionResult) -> bool:
    """Whether the operation did not begin: refused before, or given variables that its types do not take."""
    if isinstance(result, PreExecutionError):
        return True
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())


def _status(errors: Sequence[GraphQLError]) -> int:
    codes = {(error.extensions or {}).get("code") for error in errors}
    return next((status for code, status in _STATUS.items() if code in codes), 400)


def _errors(errors: Sequence[GraphQLError], status: int, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    return _json({"errors": [error.formatted for error in errors]}, status, media_type, headers)


def _json(body: dict[str, Any], status: int, media_type: str, headers: Mapping[str, str] | None) -> Response:
    return JSONAnswer(orjson.dumps(body), status, media_type, headers)


class JSONAnswer(Response):
    """Starlette's answer, whose headers are bytes from the start; those of ``security_headers`` are among them."""

    def __init__(self, body: bytes, status: int, media_type: str, headers: Mapping[str, str] | None) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), *_HEADERS[media_type]]
        if headers:
            self.raw_headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})
