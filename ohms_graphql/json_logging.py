"""Logs: one JSON object a line on stderr, and no patient data in any of them."""

import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.orjson import OrjsonFormatter

from ohms_graphql.errors import OhmsError

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Set for the length of a request; the log and the answer carry it, so that one can be found from the other."""

_OUR_PACKAGES = ("ohms_graphql", "schema", "resolvers", "models")
_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class JsonFormatter(OrjsonFormatter):
    """``time`` (RFC 3339, UTC), ``level``, ``logger``, ``message``, ``request_id`` when there is one, and whatever ``extra`` has.

    An exception becomes ``exc_info``: where it happened and its type. Its text may quote a patient's data (a duplicate key, a
    value that does not validate) and is left out unless ``with_exception_texts``.
    """

    def __init__(self, *, with_exception_texts: bool = False) -> None:
        super().__init__(["message"], reserved_attrs=[*RESERVED_ATTRS, "taskName", "color_message"])
        self._with_exception_texts = with_exception_texts

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        moment = datetime.fromtimestamp(record.created, UTC)
        log_data["time"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        super().add_fields(log_data, record, message_dict)
        if record.name == "asyncio" and not self._with_exception_texts:
            # "Task exception was never retrieved" goes on with the exception itself, whose text may quote a patient's data.
            log_data["message"] = record.getMessage().partition("\n")[0]
        if (current := request_id.get()) is not None:
            log_data["request_id"] = current

    def formatException(self, ei: _ExceptionInfo) -> str:  # noqa: N802 -- logging's name
        error = ei[1]
        return "" if error is None else _told(error, with_texts=self._with_exception_texts)


def configure_logging(level: str, *, with_exception_texts: bool) -> None:
    """Sends everything that is logged to stderr as JSON.

    ``level`` holds for OHMS itself. Libraries never go below INFO: at DEBUG the driver logs every document.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(with_exception_texts=with_exception_texts))
    logging.basicConfig(handlers=[handler], level=max(logging.INFO, logging.getLevelNamesMapping()[level]), force=True)
    for package in _OUR_PACKAGES:
        logging.getLogger(package).setLevel(level)
    # uvicorn tells of each websocket at INFO, with the client's address and its query string.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def _told(error: BaseException, *, with_texts: bool) -> str:
    """The traceback, first what came first; a group is followed by its members."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    parts = [_told(before, with_texts=with_texts)] if before is not None else []
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    text = f": {error}" if with_texts or isinstance(error, OhmsError) else ""
    parts.append("".join(traceback.format_tb(error.__traceback__)) + name + text)
    if isinstance(error, BaseExceptionGroup):
        parts += [_told(member, with_texts=with_texts) for member in error.exceptions]
    return "\n".join(parts)
