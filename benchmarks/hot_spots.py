"""Where OHMS spends its time on a page: cProfile over the application itself, without a network, summed by who did the work."""

import asyncio
import cProfile
import os
import pstats
from collections import defaultdict
from typing import Any, TypeVar

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Scope

from benchmarks.asking import Request
from benchmarks.clinic import MeasuredClinic
from benchmarks.errors import BenchmarkError
from benchmarks.machine import pin
from benchmarks.progress import say
from benchmarks.workers import worker
from ohms_graphql.app import create_app

_WARM_UP, _PAGES = 20, 200

K = TypeVar("K")
Function = tuple[str, int, str]


def hot_spots(clinic: MeasuredClinic, core: int | None) -> str:
    """A table for each page. Profiling slows Python down more than compiled code: shares are hints, not figures."""
    if core is not None:
        pin(os.getpid(), core)
    app = create_app(clinic.settings)
    with asyncio.Runner(loop_factory=uvicorn.Config(app).get_loop_factory()) as loop:  # the one that serves, too
        return "\n\n".join(loop.run(_profile_pages(app, clinic)))


async def _profile_pages(app: Starlette, clinic: MeasuredClinic) -> list[str]:
    tables = []
    async with app.router.lifespan_context(app):
        for page in clinic.pages:
            say(f"Profiling the {page.name} page ...")
            request = Request("POST", 80, "/graphql", clinic.token, page.body)
            for _ in range(_WARM_UP):
                await _ask(app, request)
            profile = cProfile.Profile()
            profile.enable()
            for _ in range(_PAGES):
                await _ask(app, request)
            profile.disable()
            tables.append(_table(page.name, pstats.Stats(profile)))
    return tables


async def _ask(app: ASGIApp, request: Request) -> None:
    """A request as the server hands it to the application. Raises BenchmarkError for anything but an answer without errors."""
    headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    body: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Message) -> None:
        body.append(message.get("body", b""))

    await app(scope, receive, send)
    if "errors" in orjson.loads(b"".join(body)):
        raise BenchmarkError("OHMS refused the page that was profiled.")


def _table(page: str, stats: Any) -> str:
    spent: dict[str, float] = defaultdict(float)
    own: dict[Function, float] = {}
    functions: dict[Function, tuple[int, int, float, float, dict[Function, tuple[int, int, float, float]]]] = stats.stats
    for function, (_, _, seconds, _, callers) in functions.items():
        own[function] = seconds
        name = _worker(function)
        if name is not None:
            spent[name] += seconds
            continue
        for caller, (_, _, part, _) in callers.items():  # what a builtin did is its caller's work
            spent[_worker(caller) or "other"] += part
    total = sum(spent.values())
    lines = [f"{page}: {total / _PAGES * 1e3:.1f} ms a page under the profiler"]
    lines += [f"  {seconds / total:6.1%}  {seconds / _PAGES * 1e3:7.2f} ms  {name}" for name, seconds in _largest(spent)]
    lines.append("  the functions that took most by themselves:")
    lines += [f"  {seconds / total:6.1%}  {_shown(function)}" for function, seconds in _largest(own)[:15]]
    return "\n".join(lines)


def _largest(seconds: dict[K, float]) -> list[tuple[K, float]]:
    return sorted(seconds.items(), key=lambda item: item[1], reverse=True)


def _worker(function: Function) -> str | None:
    file, _, name = function
    return worker(name if file == "~" else file)


def _shown(function: Function) -> str:
    file, line, name = function
    return name if file == "~" else f"{'/'.join(file.split('/')[-3:])}:{line} {name}"
