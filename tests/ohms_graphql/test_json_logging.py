"""The log: one JSON object a line, found again by request id, without patient data."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ohms_graphql.errors import OhmsError
from ohms_graphql.json_logging import JsonFormatter, request_id

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, Lines]]:
    yield from _logger(JsonFormatter())


@pytest.fixture
def talkative_log() -> Iterator[tuple[logging.Logger, Lines]]:
    yield from _logger(JsonFormatter(with_exception_texts=True))


def _logger(formatter: JsonFormatter) -> Iterator[tuple[logging.Logger, Lines]]:
    logger = logging.getLogger("ohms_graphql.under_test")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.propagate = True


def test_a_line_has_time_level_logger_message_and_what_was_added(log: tuple[logging.Logger, Lines]) -> None:
    logger, lines = log
    logger.warning("%d of %d", 1, 2, extra={"duration_ms": 1.5, "color_message": "\x1b[1m"})
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "WARNING",
        "logger": "ohms_graphql.under_test",
        "message": "1 of 2",
        "duration_ms": 1.5,
    }


def test_the_time_is_rfc_3339_in_utc(log: tuple[logging.Logger, Lines]) -> None:
    logger, lines = log
    before = datetime.now(UTC)
    logger.warning("now")
    told = datetime.fromisoformat(lines()[0]["time"])
    assert told.utcoffset() == UTC.utcoffset(None)
    assert abs((told - before).total_seconds()) < 5


def test_the_request_id_is_there_during_a_request_only(log: tuple[logging.Logger, Lines]) -> None:
    logger, lines = log
    token = request_id.set("request-1")
    logger.warning("inside")
    request_id.reset(token)
    logger.warning("outside")
    assert [line.get("request_id") for line in lines()] == ["request-1", None]


def fail(text: str) -> None:
    try:
        dict[str, str]()[text]
    except KeyError as error:
        raise ExceptionGroup(text, [ValueError(text), OhmsError("No server answers.")]) from error


def test_an_exception_is_one_field_with_its_place_and_type_but_not_its_text(log: tuple[logging.Logger, Lines]) -> None:
    logger, lines = log
    patient = "Jane Doe"
    try:
        fail(patient)
    except ExceptionGroup:
        logger.exception("failed")
    (line,) = lines()
    told = line["exc_info"]
    assert line["message"] == "failed"
    assert "in fail\n" in told
    assert [name for name in ("KeyError", "ExceptionGroup", "ValueError") if name not in told] == []
    assert "ohms_graphql.errors.OhmsError: No server answers." in told, "written by us for people to read"
    assert patient not in told


def test_in_development_the_text_of_an_exception_is_shown(talkative_log: tuple[logging.Logger, Lines]) -> None:
    logger, lines = talkative_log
    try:
        int("seven")
    except ValueError:
        logger.exception("failed")
    assert lines()[0]["exc_info"].endswith("ValueError: invalid literal for int() with base 10: 'seven'")


def test_at_debug_the_driver_still_does_not_log_documents_and_warnings_are_json() -> None:
    script = """
import logging, warnings
from ohms_graphql.json_logging import configure_logging
configure_logging("DEBUG", with_exception_texts=False)
logging.getLogger("pymongo.command").debug("insert Jane Doe")
logging.getLogger("resolvers.patients").debug("ours")
warnings.warn("old")
configure_logging("ERROR", with_exception_texts=False)
logging.getLogger("uvicorn.error").info("started")
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    assert [line["logger"] for line in lines] == ["resolvers.patients", "py.warnings"]
    assert run.stdout == ""


def test_asyncios_own_words_about_a_lost_exception_do_not_quote_it() -> None:
    words = "Task exception was never retrieved\nfuture: <Task exception=ValueError('Alice has diabetes')>"
    record = logging.LogRecord("asyncio", logging.ERROR, __file__, 1, words, None, None)
    assert "Alice" not in JsonFormatter().format(record)
    assert "never retrieved" in JsonFormatter().format(record)
