"""Several `ohms serve` processes over one database, which are killed and come again on the same port."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks.servers import REPOSITORY, free_port
from ohms_graphql.settings import PREFIX, Settings

_START_SECONDS = 60.0
_END_SECONDS = 15.0
"""Longer than the ten seconds that a server gives to what is under way."""


async def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Waits for it so long at most. Whether it holds then."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


class ServerProcess:
    """``is_up`` from the moment at which it takes connections until somebody ends it."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.port = free_port()
        self.is_up = False
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        given = {
            "OHMS_MONGODB_URL": settings.mongodb_url or "",
            "OHMS_DATABASE": settings.database,
            "OHMS_PUBLIC_URL": settings.public_url,  # of all of them: it is the issuer of their tokens
            "OHMS_LOG_LEVEL": "WARNING",
        }
        self._environment = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)} | given

    async def start(self) -> None:
        command = [sys.executable, "-m", "ohms_graphql", "serve", "--port", str(self.port)]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: ASYNC220 -- returns at once
                command,
                cwd=REPOSITORY,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        async with asyncio.timeout(_START_SECONDS):
            while not await self._listens():
                assert self._process.poll() is None, f"a server did not start: {self._log.read_text()[-2000:]}"
                await asyncio.sleep(0.05)
        self.is_up = True

    async def end(self, how: signal.Signals) -> int:
        """The exit code."""
        process = self._process
        assert process is not None
        self.is_up = False
        process.send_signal(how)
        return await asyncio.to_thread(process.wait, _END_SECONDS)

    def end_now(self) -> None:
        self.is_up = False
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True


class Servers:
    """A context: at its end none of them is left, whatever has happened."""

    def __init__(self, settings: Settings, folder: Path, count: int) -> None:
        self.logs = [folder / f"server-{number}.log" for number in range(count)]
        self.ended: Counter[str] = Counter()
        self._all = [ServerProcess(settings, log) for log in self.logs]
        self._restarts: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Servers":
        try:
            await asyncio.gather(*(server.start() for server in self._all))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for restart in self._restarts:
            restart.cancel()
        await asyncio.gather(*self._restarts, return_exceptions=True)
        for server in self._all:
            server.end_now()

    @property
    def up(self) -> list[ServerProcess]:
        return [server for server in self._all if server.is_up]

    async def choose(self, chance: Random) -> str:
        """``127.0.0.1:port`` of one that is up, as a load balancer would know it; waits while there is none."""
        await until(lambda: bool(self.up), _START_SECONDS)
        return f"127.0.0.1:{chance.choice(self.up).port}"

    def strike(self, server: ServerProcess, how: signal.Signals) -> None:
        """Ends a server and lets it come again, in the background. Its exit code is looked at by ``settled``."""
        server.is_up = False
        self._restarts.add(asyncio.create_task(self._replace(server, how)))

    async def settled(self) -> None:
        """Waits until all are up again. Raises what went wrong at the end or start of any."""
        await asyncio.gather(*self._restarts)
        self._restarts.clear()

    async def _replace(self, server: ServerProcess, how: signal.Signals) -> None:
        code = await server.end(how)
        expected = {signal.SIGKILL: {-9}, signal.SIGTERM: {-15, 143}}[how]
        assert code in expected, f"a server ended by {how.name} has the exit code {code}"
        self.ended[how.name] += 1
        await server.start()
