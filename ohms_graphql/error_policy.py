"""What callers hear of errors: expected ones with a code, unexpected ones only that there was one, and where to look for it."""

import logging
import re
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext

from models.secret import SecretFault
from ohms_graphql.json_logging import request_id
from resolvers.errors import ExpectedError

_log = logging.getLogger(__name__)

INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"

# graphql-core gives its errors no codes. What it says of values goes by its words (its execution/values.py): the path does
# not tell, for a null in a variable is found out only when the field is reached.
_OF_VALUES = re.compile(
    r"(Variable '\$\w+'|Argument '\w+') has invalid (default )?value|Argument '\w+' of required type"
    r"|Too many errors processing variables|Variable values are nested too deeply"
)
_OF_VALIDATION = "Too many validation errors"  # the only one of these that points nowhere


def mask_unexpected_errors(errors: list[GraphQLError], _context: ExecutionContext | None = None) -> None:
    """Gives each error its ``extensions.code``, and takes away the text of those that nobody meant to show."""
    for error in errors:
        original = _original(error)
        if isinstance(original, ExpectedError):
            _tell(error, original.message, original.code, original.details)
        elif isinstance(original, CannotGetOperationTypeError):
            _tell(error, "There is no such operation in the document.", "OPERATION_RESOLUTION_FAILED")
        elif isinstance(original, InvalidOperationTypeError):  # in a stream: elsewhere the status says so, too
            _tell(error, "GET is for queries and subscriptions; send a mutation by POST.", "BAD_REQUEST")
        elif "code" not in (error.extensions or {}):
            code = _request_error(error, original)
            if code is None:
                _mask(error, original or error)
            else:
                _tell(error, error.message, code)


def masked(cause: BaseException) -> GraphQLError:
    """What a caller hears of a fault outside the operation's fields; the log has the rest."""
    error = GraphQLError("")
    _mask(error, cause)
    return error


def _original(error: GraphQLError) -> BaseException | None:
    original: BaseException | None = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    return original


def _request_error(error: GraphQLError, original: BaseException | None) -> str | None:
    """The code of an error in the request itself; None for one that came up while it was answered."""
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    # Not what a resolver says: only graphql-core's own words.
    if isinstance(error.original_error, GraphQLError | None) and _OF_VALUES.match(error.message):
        return "BAD_USER_INPUT"
    if error.path is not None:
        return None
    if error.nodes or error.message.startswith(_OF_VALIDATION):
        return "GRAPHQL_VALIDATION_FAILED"
    return "OPERATION_RESOLUTION_FAILED" if original is None else None


def _tell(error: GraphQLError, message: str, code: str, details: dict[str, Any] | None = None) -> None:
    error.message = message
    error.extensions = {"code": code, **(details or {})}


def _mask(error: GraphQLError, cause: BaseException) -> None:
    # The path holds field names and positions only; the text of the exception may hold a patient's data.
    path = ".".join(str(key) for key in error.path or ())
    if isinstance(cause, SecretFault):
        _log.error("what is stored in %s was changed, moved or encrypted elsewhere: it is not read", cause.place)
    _log.error("unexpected error at %s", path or "the operation", exc_info=(type(cause), cause, cause.__traceback__))
    _tell(error, "Internal server error", INTERNAL_SERVER_ERROR, {"requestId": request_id.get()})
