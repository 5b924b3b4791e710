"""What every process of OHMS does by itself, again and again; each thing is done once, whichever process is first."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from models.base import now
from ohms_graphql.keys.ring_store import READ_EVERY_SECONDS, RingStore
from ohms_graphql.periodic import every
from ohms_graphql.release_job import telling_of_releases
from ohms_graphql.reminder_job import reminding
from resolvers.audit.asked import Asked
from resolvers.billing.refunding import finish_refunds
from resolvers.bookings.offers_watch import pass_on_expired, tell_of_offers
from resolvers.context import RequestContext
from resolvers.documents.uploads import remove_abandoned
from resolvers.majority import Majority
from resolvers.patient_merge.late import LOOK_EVERY_SECONDS, gather_recent
from resolvers.ports import Ports
from resolvers.video.exits import end_abandoned

_WAITING_LIST_SECONDS = 5.0
"""Between two looks for offers that have ended, or of which nobody has heard."""

_UPLOADS_SECONDS = 300.0
"""Between two looks for files that were never recorded."""

_REFUNDS_SECONDS = 60.0
"""Between two looks for card refunds that a process noted and did not get to ask for."""

_VISITS_SECONDS = 5.0
"""Between two looks for those who are out of a video visit without having left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chores:
    """``open_context`` gives the context of nobody, for work that nobody asked for."""

    ports: Ports
    keys: RingStore
    majority: Majority
    open_context: Callable[[], RequestContext]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for chore in (
                every(READ_EVERY_SECONDS, "reading the key ring", self.keys.read_again),
                every(_WAITING_LIST_SECONDS, "the waiting list", self._keep_waiting_list),
                every(_VISITS_SECONDS, "video visits", self._end_abandoned_stays),
                every(LOOK_EVERY_SECONDS, "merged patients", self._gather_late),
                every(_REFUNDS_SECONDS, "unfinished refunds", self._finish_refunds),
                every(_UPLOADS_SECONDS, "abandoned uploads", self._remove_abandoned_uploads),
                reminding(self.ports, self.majority),
                telling_of_releases(self.ports, self.majority),
            ):
                await stack.enter_async_context(chore)
            yield

    async def _keep_waiting_list(self) -> None:
        context = self._context("waitingList")
        await pass_on_expired(context)
        await tell_of_offers(context)

    async def _end_abandoned_stays(self) -> None:
        await end_abandoned(self._context("videoVisits"))

    async def _gather_late(self) -> None:
        await gather_recent(self._context("mergedPatients"))

    async def _finish_refunds(self) -> None:
        await finish_refunds(self._context("unfinishedRefunds"))

    async def _remove_abandoned_uploads(self) -> None:
        await remove_abandoned(self.ports.documents, now())

    def _context(self, asked: str) -> RequestContext:
        context = self.open_context()
        context.asked = Asked(asked, is_change=False)
        return context
