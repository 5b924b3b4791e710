"""What is under way when `ohms serve` is told to end: requests are answered, sockets are told."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

REPOSITORY = Path(__file__).parents[2]

SERVE = """
from ohms_graphql.server import listening_socket, run_server
from tests.ohms_graphql.toy_endpoint import toy_app

listener = listening_socket("127.0.0.1", 0)
app = toy_app()
told = lambda: print(listener.getsockname()[1], flush=True)
run_server(app, listener, when_ready=told, open_streams=app.state.open_streams)
"""


@contextmanager
def _serving() -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, f"127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def test_requests_under_way_are_answered_and_sockets_are_told_to_come_again() -> None:
    answers: list[httpx.Response] = []

    with _serving() as (process, address):

        def ask() -> None:
            answers.append(httpx.post(f"http://{address}/graphql", json={"query": "{ wait(seconds: 1) }"}, trust_env=False))

        with connect(f"ws://{address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
            socket.send('{"type": "connection_init"}')
            socket.recv(timeout=10)
            socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": "subscription { forever }"}}))
            assert json.loads(socket.recv(timeout=10))["type"] == "next"
            asking = threading.Thread(target=ask)
            asking.start()
            with pytest.raises(TimeoutError):
                socket.recv(timeout=0.4)  # time for the request to arrive
            process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=10)
        asking.join(10)
        process.wait(10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code in {1001, 1012}  # going away, service restart: clients connect again
    assert [response.json() for response in answers] == [{"data": {"wait": "waited"}}]


def test_a_stream_of_events_is_cut_off_at_once_so_that_its_client_comes_again() -> None:
    with _serving() as (process, address):
        asked = {"json": {"query": "subscription { forever }"}, "headers": {"accept": "text/event-stream"}}
        with httpx.stream("POST", f"http://{address}/graphql", trust_env=False, timeout=5, **asked) as stream:  # type: ignore[arg-type]
            lines = stream.iter_lines()
            assert [next(lines), next(lines)] == ["event: next", 'data: {"data":{"forever":1}}']
            process.send_signal(signal.SIGTERM)
            assert "event: complete" not in list(lines)
        assert process.wait(5) in {-signal.SIGTERM, 0}
