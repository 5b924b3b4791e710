"""Asking about all coverages of the work list, a few at a time."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from models.coverage import EligibilityCheck
from resolvers.audit.asked import Asked
from resolvers.context import RequestContext, open_context
from resolvers.eligibility.asking import Verifying, ask_payer, store_answer
from resolvers.eligibility.work_list import needing_verification
from resolvers.majority import Majority
from resolvers.ports import Ports, Session
from resolvers.principal import ANONYMOUS
from resolvers.transactions import transact
from resolvers.user_errors import Rejected

_log = logging.getLogger(__name__)

_AT_ONCE = 4
_ASKED = Asked("job.verifyCoverages", is_change=True)

Progress = Callable[[int, int], None]
"""How many are done, of how many."""


@dataclass(slots=True)
class Verified:
    """``not_askable``: something is missing that the payer must be told, by the code of what is missing."""

    waiting: int = 0
    asked: int = 0
    in_force: int = 0
    not_in_force: int = 0
    no_answer: int = 0
    not_askable: dict[str, int] = field(default_factory=dict)


class VerificationRun:
    """``progress`` is called after each."""

    def __init__(self, ports: Ports, majority: Majority, progress: Progress | None = None) -> None:
        self._ports = ports
        self._majority = majority
        self._progress = progress
        self._done = 0
        self.verified = Verified()

    async def run(self, *, dry: bool = False) -> Verified:
        """``dry``: nobody is asked. Raises PyMongoError where nothing can be read."""
        ids = await needing_verification(self._ports.clock())
        self.verified.waiting = len(ids)
        if not dry:
            waiting = iter(ids)
            async with asyncio.TaskGroup() as workers:
                for _ in range(min(_AT_ONCE, len(ids))):
                    workers.create_task(self._work(waiting))
        return self.verified

    async def _work(self, waiting: Iterator[str]) -> None:
        for coverage_id in waiting:
            try:
                await self._verify(coverage_id)
            except Rejected as rejection:
                code = rejection.errors[0].code
                self.verified.not_askable[code] = self.verified.not_askable.get(code, 0) + 1
            except Exception as error:  # noqa: BLE001  # one odd coverage must not keep all others from being asked about
                _log.error("a coverage could not be verified (%s)", type(error).__name__)
                self.verified.no_answer += 1
            self._done += 1
            if self._progress is not None:
                self._progress(self._done, self.verified.waiting)

    async def _verify(self, coverage_id: str) -> None:
        context = self._context()
        wish = Verifying(coverage_id=coverage_id)
        asked = await ask_payer(context, wish)
        self.verified.asked += 1

        async def work(session: Session) -> str:
            return await store_answer(context, session, wish, asked)

        check = await EligibilityCheck.get(await transact(context, work))
        in_force = None if check is None else check.in_force
        self.verified.in_force += in_force is True
        self.verified.not_in_force += in_force is False
        self.verified.no_answer += in_force is None

    def _context(self) -> RequestContext:
        context = open_context(ANONYMOUS, self._ports, majority=self._majority)
        context.asked = _ASKED
        return context
