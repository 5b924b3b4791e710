"""What releases need beside the requests: each process looks again and again, and the database decides who tells of what."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ohms_graphql.periodic import every
from resolvers.audit.asked import Asked
from resolvers.context import RequestContext, open_context
from resolvers.errors import ExpectedError
from resolvers.majority import Majority
from resolvers.ports import Ports
from resolvers.principal import ANONYMOUS
from resolvers.release.ending import tell_ended
from resolvers.release.mailing import mail_releases

_log = logging.getLogger(__name__)

_HOLDS_SECONDS = 2.0
"""How late somebody who follows hears of the end of a hold. Who looks sees the entry at once."""

_MAIL_SECONDS = 15.0


@asynccontextmanager
async def telling_of_releases(ports: Ports, majority: Majority) -> AsyncIterator[None]:
    """Tells of holds that ended by themselves, and sends the mails, inside the block."""
    refused: str | None = None

    def context(action: str) -> RequestContext:
        made = open_context(ANONYMOUS, ports, majority=majority)
        made.asked = Asked(action, is_change=False)
        return made

    async def end_holds() -> None:
        await tell_ended(context("job.endHolds"))

    async def mail() -> None:
        nonlocal refused
        try:
            await mail_releases(context("job.mailReleases"))
            refused = None
        except ExpectedError as error:
            if refused != error.code:  # said once: a clinic without a mail server knows that it has none
                _log.warning("no notices of releases are sent: %s", error.code)
            refused = error.code

    async with every(_HOLDS_SECONDS, "ending holds", end_holds), every(_MAIL_SECONDS, "notices of releases", mail):
        yield
