"""What callers hear of errors: expected ones with a code, unexpected ones only that there was one, and where to look for it."""

import logging
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.types import ExecutionContext

from ohms_graphql.json_logging import request_id
from resolvers.errors import ExpectedError

_log = logging.getLogger(__name__)

INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


def mask_unexpected_errors(errors: list[GraphQLError], _context: ExecutionContext | None = None) -> None:
    """Gives each error its ``extensions.code``, and takes away the text of those that nobody meant to show."""
    for error in errors:
        original = _original(error)
        if isinstance(original, ExpectedError):
            _tell(error, original.message, {"code": original.code, **original.details})
        elif "code" not in (error.extensions or {}):
            code = _request_error(error, original)
            if code is None:
                _mask(error, original)
            else:
                _tell(error, error.message, {"code": code})


def _original(error: GraphQLError) -> BaseException | None:
    original: BaseException | None = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    return original


def _request_error(error: GraphQLError, original: BaseException | None) -> str | None:
    """The code of an error in the request itself; None for one that came up while it was answered."""
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    if error.path is not None:
        return None
    if error.message.startswith("Variable '$"):
        return "BAD_USER_INPUT"
    if error.nodes:
        return "GRAPHQL_VALIDATION_FAILED"
    return "OPERATION_RESOLUTION_FAILED" if original is None else None


def _tell(error: GraphQLError, message: str, extensions: dict[str, Any]) -> None:
    error.message = message
    error.extensions = extensions


def _mask(error: GraphQLError, original: BaseException | None) -> None:
    # The path holds field names and positions only; the text of the exception may hold a patient's data.
    path = ".".join(str(key) for key in error.path or ())
    cause = original or error
    _log.error("unexpected error at %s", path or "the operation", exc_info=(type(cause), cause, cause.__traceback__))
    _tell(error, "Internal server error", {"code": INTERNAL_SERVER_ERROR, "requestId": request_id.get()})
