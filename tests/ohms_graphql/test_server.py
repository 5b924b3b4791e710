"""Serving: a port that is taken, a start that fails, the access log, and an orderly end."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest

from ohms_graphql.errors import OhmsError
from ohms_graphql.server import listening_socket

TOY = """
import contextlib, sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from ohms_graphql import cli
from ohms_graphql.errors import OhmsError
from ohms_graphql.json_logging import configure_logging
from ohms_graphql.server import listening_socket, run_server

@contextlib.asynccontextmanager
async def lifespan(app):
    match sys.argv[2]:
        case "refuse": raise OhmsError("No MongoDB server answers at OHMS_MONGODB_URL.")
        case "break": raise RuntimeError("Jane Doe")
    yield
    print("closed in order", flush=True)

async def hello(request):
    return PlainTextResponse("hello " + request.path_params["name"])

async def well(request):
    return PlainTextResponse("well")

async def fail(request):
    raise ValueError("Jane Doe")

def toy(what: str) -> None:
    configure_logging("INFO", with_exception_texts=False)
    app = Starlette(lifespan=lifespan, routes=[Route("/hello/{name}", hello), Route("/fail", fail), Route("/healthz", well)])
    listener = listening_socket("127.0.0.1", 0)
    run_server(app, listener, when_ready=lambda: print(listener.getsockname()[1], flush=True))

cli.app.command("toy")(toy)
cli.main()
"""

Log = list[dict[str, Any]]


@contextmanager
def toy(what: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", TOY, "toy", what]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str], sign: signal.Signals) -> tuple[str, Log]:
    process.send_signal(sign)
    out, log = process.communicate(timeout=30)
    return out, [json.loads(line) for line in log.splitlines()]


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_server_in_order(sign: signal.Signals, code: int) -> None:
    with toy("serve") as process:
        port_of(process)
        out, log = ended(process, sign)
    assert process.returncode == code
    assert out == "closed in order\n"
    assert "Traceback" not in json.dumps(log)


def test_each_request_is_logged_without_its_query_and_found_by_its_id() -> None:
    with toy("serve") as process:
        port = port_of(process)
        status, headers, body = get(port, "/hello/x?name=Jane+Doe")
        assert (status, body) == (200, "hello x")
        assert "server" not in headers
        _, from_proxy, _ = get(port, "/hello/x", x_request_id="from-the-proxy-1")
        _, not_taken_over, _ = get(port, "/hello/x", x_request_id="<script>")
        _, log = ended(process, signal.SIGTERM)
    requests = [line for line in log if line["logger"] == "ohms_graphql.access_log"]
    assert [(line["method"], line["path"], line["status"]) for line in requests] == [("GET", "/hello/x", 200)] * 3
    assert [line["request_id"] for line in requests] == [
        headers["x-request-id"],
        "from-the-proxy-1",
        not_taken_over["x-request-id"],
    ]
    assert from_proxy["x-request-id"] == "from-the-proxy-1"
    assert all(line["duration_ms"] >= 0 for line in requests)
    assert "Jane" not in json.dumps(log)
    assert "script" not in json.dumps(log)


def test_a_failed_request_is_logged_with_its_id_and_without_the_exceptions_text() -> None:
    with toy("serve") as process:
        status, _, _ = get(port_of(process), "/fail", x_request_id="failing-request")
        _, log = ended(process, signal.SIGTERM)
    assert status == 500
    about = [line for line in log if line.get("request_id") == "failing-request"]
    assert [line["status"] for line in about if "status" in line] == [500]
    told = "".join(line.get("exc_info", "") for line in log)
    assert told.endswith("ValueError")


def test_health_checks_do_not_fill_the_log() -> None:
    with toy("serve") as process:
        status, _, _ = get(port_of(process), "/healthz")
        _, log = ended(process, signal.SIGTERM)
    assert status == 200
    assert "ohms_graphql.access_log" not in {line["logger"] for line in log}


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("refuse", "ohms: No MongoDB server answers at OHMS_MONGODB_URL."),
        ("break", "ohms: unexpected RuntimeError; `ohms --traceback ...` shows where."),
    ],
)
def test_an_application_that_does_not_start_is_one_line_and_exit_code_1(what: str, told: str) -> None:
    with toy(what) as process:
        out, log = process.communicate(timeout=30)
    assert process.returncode == 1
    assert out == ""
    assert [line for line in log.splitlines() if not line.startswith("{")] == [told]
    assert "Jane" not in log


def test_a_port_that_is_taken_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OhmsError) as raised:
            listening_socket("127.0.0.1", port)
    assert (
        str(raised.value)
        == f"Cannot listen on 127.0.0.1, port {port}: Address already in use. Choose another with --host and --port."
    )
