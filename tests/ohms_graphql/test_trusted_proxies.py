"""Whose word is taken for the client's address."""

import http.client
import socket
import subprocess
import sys

import pytest

from ohms_graphql.settings import SettingsError, load_settings

# Tells who is asking, as the application sees it, until its input ends.
SERVER = """
import os, signal, sys, threading
from starlette.responses import JSONResponse
from ohms_graphql.server import listening_socket, run_server

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for _ in range(2):
            message = await receive()
            await send({"type": message["type"] + ".complete"})
        return
    await JSONResponse([scope["client"][0], scope["scheme"]])(scope, receive, send)

threading.Thread(target=lambda: (sys.stdin.read(), os.kill(os.getpid(), signal.SIGTERM)), daemon=True).start()
run_server(app, listening_socket("127.0.0.1", int(sys.argv[1])), lambda: print("ready", flush=True), sys.argv[2:])
"""


@pytest.mark.parametrize(
    ("trusted", "seen"),
    [
        (["127.0.0.0/24"], b'["203.0.113.9","https"]'),
        (["127.0.0.1", "::1"], b'["203.0.113.9","https"]'),
        (["10.0.0.0/24"], b'["127.0.0.1","http"]'),
        ([], b'["127.0.0.1","http"]'),
    ],
)
def test_a_forwarded_address_is_believed_from_trusted_proxies_only(
    trusted: list[str], seen: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # uvicorn's own variable has no say
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVER, str(port), *trusted]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        # What stands left of the proxy's own entry was sent by the client, who may lie.
        headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Proto": "https"}
        connection.request("GET", "/", headers=headers)
        assert connection.getresponse().read() == seen
        connection.close()
        assert server.stdin is not None
        server.stdin.close()


def test_a_name_in_place_of_a_network_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"OHMS_TRUSTED_PROXIES=.*must be addresses or networks.*'proxy' is none"):
        load_settings({"OHMS_TRUSTED_PROXIES": "10.0.0.1, proxy"})
