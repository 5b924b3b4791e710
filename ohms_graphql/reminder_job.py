"""Reminders, beside the requests: each process looks once a minute, and the database decides who sends which."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ohms_graphql.periodic import every
from resolvers.errors import ExpectedError
from resolvers.majority import Majority
from resolvers.ports import Ports
from resolvers.reminders.sending import ReminderRun

_log = logging.getLogger(__name__)

_SECONDS = 60.0


@asynccontextmanager
async def reminding(ports: Ports, majority: Majority, seconds: float = _SECONDS) -> AsyncIterator[None]:
    """Sends what is due inside the block. At its end the mails under way are finished, and no others begun."""
    stopping = asyncio.Event()
    refused: str | None = None

    async def look() -> None:
        nonlocal refused
        try:
            await ReminderRun(ports, majority, stopping).run()
            refused = None
        except ExpectedError as error:
            if refused != error.code:  # said once: a clinic without a mail server knows that it has none
                _log.warning("no reminders are sent: %s", error.code)
            refused = error.code

    async with every(seconds, "sending reminders", look):
        try:
            yield
        finally:
            stopping.set()
