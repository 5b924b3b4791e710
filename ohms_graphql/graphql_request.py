"""Reading a GraphQL request out of HTTP (GraphQL over HTTP, section "Request")."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from ohms_graphql.request_header import request_header

MAX_BODY_BYTES = 200_000
_PLAIN = frozenset({"query", "variables"})
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")


class UnreadableRequest(Exception):
    """The request is not one of GraphQL: ``status`` and ``code`` are for the answer.

    ``known_to_clients``: they look for the code and do what helps, so in the older media type the status is that of any answer.
    """

    def __init__(
        self,
        message: str,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
        *,
        code: str = "BAD_REQUEST",
        known_to_clients: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.headers = dict(headers or {})
        self.code = code
        self.known_to_clients = known_to_clients


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """``query`` is empty where only ``digest``, the SHA-256 of a document in hexadecimal, says which it is."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    digest: str | None = None


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
    if type(given) is dict and given.keys() <= _PLAIN and type(given.get("query")) is str and given["query"]:
        variables = given.get("variables")
        if variables is None or type(variables) is dict:
            return GraphQLRequest(given["query"], variables, None)  # nearly always
    if isinstance(given, list):
        raise UnreadableRequest("Batches are not taken: send one operation for each request.")
    if not isinstance(given, dict):
        raise UnreadableRequest("A request must be a JSON object with a query.")
    _must_be(given, "variables", dict, "an object")
    _must_be(given, "extensions", dict, "an object")
    _must_be(given, "operationName", str, "a string")
    digest = _digest(given)
    query = given.get("query") or ("" if digest else None)
    if not isinstance(query, str):
        raise UnreadableRequest("query must be a string that holds a GraphQL document.")
    return GraphQLRequest(query, given.get("variables"), given.get("operationName") or None, digest)


def _digest(given: dict[str, Any]) -> str | None:
    """The hash that names the document (``document_names``), if there is one."""
    named = given.get("documentId")
    if named is not None:
        return _sound(named.removeprefix("sha256:") if isinstance(named, str) else named, "documentId")
    persisted = (given.get("extensions") or {}).get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        message = "extensions.persistedQuery must be an object with version 1."
        raise UnreadableRequest(message, code="PERSISTED_QUERY_NOT_SUPPORTED")
    return _sound(persisted.get("sha256Hash"), "extensions.persistedQuery.sha256Hash")


def _sound(digest: Any, what: str) -> str:
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise UnreadableRequest(f"{what} must be a SHA-256: 64 hexadecimal digits.")
    return digest.lower()


def _must_be(given: dict[str, Any], name: str, type_: type, shown: str) -> None:
    if given.get(name) is not None and not isinstance(given[name], type_):
        raise UnreadableRequest(f"{name} must be {shown} or null.")
