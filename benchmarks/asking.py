"""One request to a server, as the load sends it, and the check that both servers give the same data."""

import http.client
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.errors import BenchmarkError
from benchmarks.pages import Page
from benchmarks.servers import Server


@dataclass(frozen=True, slots=True)
class Request:
    """``body`` is empty for GET."""

    method: str
    port: int
    path: str
    token: str
    body: bytes = b""

    @property
    def headers(self) -> dict[str, str]:
        headers = {"accept": "application/json", "authorization": f"Bearer {self.token}"}
        return headers | {"content-type": "application/json"} if self.body else headers

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"


def of_ohms(server: Server, page: Page, token: str) -> Request:
    return Request("POST", server.port, "/graphql", token, page.body)


def of_ceiling(server: Server, page: Page, token: str) -> Request:
    return Request("GET", server.port, page.ceiling_path, token)


def ask(request: Request) -> bytes:
    """The answer's body. Raises BenchmarkError when it is not a success."""
    connection = http.client.HTTPConnection("127.0.0.1", request.port, timeout=30)
    try:
        connection.request(request.method, request.path, request.body or None, request.headers)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise BenchmarkError(f"{request.method} {request.path.partition('/')[0]} answered {answer.status}: {body[:300]!r}")
    return body


def check_same_data(page: Page, ours: bytes, best: bytes) -> dict[str, int]:
    """The rows in the page's lists. Raises BenchmarkError when the answers differ or have too few rows to be the page."""
    shown, expected = orjson.loads(ours), orjson.loads(best)
    if "errors" in shown:
        raise BenchmarkError(f"OHMS refuses the {page.name} page: {shown['errors'][0]['message']}")
    if difference := first_difference(shown["data"], expected["data"], "data"):
        raise BenchmarkError(f"OHMS and the ceiling differ on the {page.name} page at {difference}.")
    counts = page.counts(shown["data"])
    if few := [f"{path} has {counts[path]} of {rows}" for path, rows in page.lists.items() if counts[path] < rows]:
        raise BenchmarkError(f"The demo clinic is too small for the {page.name} page: {', '.join(few)}.")
    return counts


def first_difference(left: Any, right: Any, path: str) -> str | None:
    """Where two JSON values first differ; None when they are equal."""
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        pairs = [(left[key], right[key], f"{path}.{key}") for key in left]
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = [(one, other, f"{path}[{index}]") for index, (one, other) in enumerate(zip(left, right, strict=True))]
    else:
        return None if left == right and type(left) is type(right) else path
    return next((found for one, other, where in pairs if (found := first_difference(one, other, where))), None)
