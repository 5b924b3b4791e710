"""Reading a GraphQL request out of HTTP (GraphQL over HTTP, section "Request")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from ohms_graphql.request_header import request_header

MAX_BODY_BYTES = 200_000


class UnreadableRequest(Exception):
    """The request is not one of GraphQL: ``status`` is for the answer."""

    def __init__(self, message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


async def read_request(request: Request) -> GraphQLRequest:
    """Raises UnreadableRequest."""
    match request.method:
        case "GET":
            return checked_request(_query_parameters(request))
        case "POST":
            _check_content_type(request_header(request, b"content-type"))
            return checked_request(_json(await _body(request), "The body"))
        case _:
            raise UnreadableRequest("GraphQL takes GET and POST.", 405, {"allow": "GET, POST"})


def _check_content_type(value: str | None) -> None:
    if value == "application/json":  # nearly always
        return
    media_type, *parameters = ((value or "").lower().replace(" ", "")).split(";")
    charset = dict(parameter.partition("=")[::2] for parameter in parameters).get("charset", "utf-8").strip('"')
    if media_type != "application/json" or charset not in {"utf-8", "utf8"}:
        raise UnreadableRequest("The body must be application/json in UTF-8.", 415, {"accept-post": "application/json"})


async def _body(request: Request) -> bytes:
    """Straight from the server: a body of one part, as nearly all are, is not copied. Raises ClientDisconnect."""
    receive = request.receive
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part: bytes = message.get("body", b"")
        body = body + part if body else part
        if len(body) > MAX_BODY_BYTES:
            raise UnreadableRequest(f"The body has more than {MAX_BODY_BYTES} bytes.", 413, {"connection": "close"})
        if not message.get("more_body", False):
            return body


def _query_parameters(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _json(given[name].encode(), name)
        else:
            given.pop(name, None)
    return given


def _json(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnreadableRequest(f"{what} is not JSON: line {error.lineno}, column {error.colno}.") from None


def checked_request(given: Any) -> GraphQLRequest:
    """A request from decoded JSON. Raises UnreadableRequest."""
    if isinstance(given, list):
        raise UnreadableRequest("Batches are not taken: send one operation for each request.")
    if not isinstance(given, dict):
        raise UnreadableRequest("A request must be a JSON object with a query.")
    query = given.get("query")
    if not isinstance(query, str) or not query:
        raise UnreadableRequest("query must be a string that holds a GraphQL document.")
    _must_be(given, "variables", dict, "an object")
    _must_be(given, "extensions", dict, "an object")
    _must_be(given, "operationName", str, "a string")
    return GraphQLRequest(query, given.get("variables"), given.get("operationName") or None)


def _must_be(given: dict[str, Any], name: str, type_: type, shown: str) -> None:
    if given.get(name) is not None and not isinstance(given[name], type_):
        raise UnreadableRequest(f"{name} must be {shown} or null.")
