"""A clearing house that stands in for the real one: it answers, refuses, delays, lies and dies, as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass
class Reply:
    """``body`` is sent as JSON unless it is bytes. ``silent``: nothing comes until the stand-in ends. ``dies``: mid-sentence."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    dies: bool = False


@dataclass
class Payer:
    """``replies`` come one after the other, the last one again and again; without any it answers the question honestly.

    ``silence`` is set once somebody waits in vain.
    """

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    asked: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    silence: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def next(self, question: Json) -> Reply:
        if not self.replies:
            return Reply(honest(question))
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def row(code: str, amount: str | None = None, **more: Any) -> Json:
    """One of ``benefitsInformation``."""
    money = {} if amount is None else {"benefitAmount": amount}
    return (
        {"code": code, "serviceTypeCodes": ["30"], "coverageLevelCode": "IND", "inPlanNetworkIndicatorCode": "Y"} | money | more
    )


PLAN = [
    row("C", "1500.00", timeQualifierCode="23"),
    row("C", "400.00", timeQualifierCode="29"),
    row("C", "3000.00", timeQualifierCode="23", coverageLevelCode="FAM"),
    row("G", "6000", timeQualifierCode="23"),
    row("G", "5250.50", timeQualifierCode="29"),
    row("A", benefitPercent="0.2"),
    row("B", "25.00", timeQualifierCode="27", serviceTypeCodes=["98"]),
    row("B", "60.00", timeQualifierCode="27", serviceTypeCodes=["98"], inPlanNetworkIndicatorCode="N"),
]


def answer(question: Json, rows: list[Json] | None = None, **more: Any) -> Json:
    """What an honest payer says of somebody who is covered."""
    return {
        "controlNumber": question["controlNumber"],
        "payer": {"name": "Aetna"},
        "subscriber": question["subscriber"],
        "dependents": question.get("dependents", []),
        "planStatus": [{"statusCode": "1", "status": "Active Coverage", "serviceTypeCodes": ["30"]}],
        "benefitsInformation": PLAN if rows is None else rows,
    } | more


honest: Callable[[Json], Json] = answer


@contextmanager
def payer() -> Iterator[Payer]:
    """Serves on loopback, each question in a thread of its own."""
    standing_in = Payer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["content-length"])))
            standing_in.asked.append(question)
            standing_in.headers.append({name.lower(): value for name, value in self.headers.items()})
            self._send(standing_in.next(question))

        def _send(self, reply: Reply) -> None:
            self.close_connection = True
            if reply.silent:
                standing_in.silence.set()
                standing_in.ended.wait(30)
                return
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"content-length": str(len(body)), "connection": "close", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # whoever asked has heard enough
                self.wfile.write(body[: len(body) // 2] if reply.dies else body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    standing_in.url = f"http://127.0.0.1:{server.server_address[1]}/eligibility"
    try:
        yield standing_in
    finally:
        standing_in.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
