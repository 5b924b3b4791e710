"""Mails that wait to be sent, so that no answer waits for the mail server, nor tells by its time whether a mail was sent.

They wait in memory: what a crash takes is a code that its owner asks for again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from ohms_graphql.mail.delivery_error import DeliveryError
from resolvers.errors import ExpectedError
from resolvers.ports import Mail

_log = logging.getLogger(__name__)

_ROOM = 1000
_AT_ONCE = 4
_RETRY_AFTER_SECONDS = (1.0, 5.0, 30.0, 120.0, 600.0)
_DRAIN_SECONDS = 10.0


class Delivery(Protocol):
    async def deliver(self, mail: Mail) -> None:
        """Raises DeliveryError."""
        ...


class MailQueue:
    """A ``resolvers.ports.Mailer`` in front of a delivery."""

    def __init__(
        self,
        delivery: Delivery,
        *,
        room: int = _ROOM,
        retry_after: Sequence[float] = _RETRY_AFTER_SECONDS,
        drain_seconds: float = _DRAIN_SECONDS,
    ) -> None:
        self._delivery = delivery
        self._retry_after = retry_after
        self._drain_seconds = drain_seconds
        self._waiting: asyncio.Queue[Mail] = asyncio.Queue(room)
        self._closing = asyncio.Event()

    def check_ready(self) -> None:
        """Raises ExpectedError with code MAIL_BUSY when no more mail fits."""
        if self._waiting.full():
            raise ExpectedError("Too many mails wait to be sent: try again in a few minutes.", "MAIL_BUSY")

    async def send(self, mail: Mail) -> None:
        """Returns at once. Raises as ``check_ready`` does."""
        try:
            self._waiting.put_nowait(mail)
        except asyncio.QueueFull:
            self.check_ready()

    async def deliver(self, mail: Mail) -> None:
        """Past the queue, for who must know that the mail server has it. Raises DeliveryError; tries once."""
        await self._delivery.deliver(mail)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sends inside the block. At its end what waits is tried once more, for a few seconds."""
        workers = [asyncio.create_task(self._work()) for _ in range(_AT_ONCE)]
        try:
            yield
        finally:
            self._closing.set()
            try:
                await asyncio.wait_for(self._waiting.join(), self._drain_seconds)
            except TimeoutError:
                _log.error("mails were not sent before the end: %d in the queue", self._waiting.qsize())
            for worker in workers:
                worker.cancel()
            for worker in workers:
                with suppress(asyncio.CancelledError):
                    await worker

    async def _work(self) -> None:
        while True:
            mail = await self._waiting.get()
            try:
                await self._deliver(mail)
            except Exception as error:  # noqa: BLE001 -- one odd mail must not end the sending of all others
                _log.error("a mail was given up: unexpected %s", type(error).__name__)
            finally:
                self._waiting.task_done()

    async def _deliver(self, mail: Mail) -> None:
        """Neither address nor text is logged: both are a patient's data."""
        for tries, pause in enumerate((*self._retry_after, None), start=1):
            last = self._closing.is_set()
            try:
                await self._delivery.deliver(mail)
            except DeliveryError as error:
                if pause is None or last or not error.temporary:
                    _log.error("a mail was given up after %d tries: %s", tries, error.reason)
                    return
                _log.warning("a mail waits for another try: %s", error.reason)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), pause)
            else:
                return
