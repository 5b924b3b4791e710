"""One run: every server started, every page measured, every target judged."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.asking import Request, ask, check_same_data, of_ceiling, of_ohms
from benchmarks.clinic import MeasuredClinic
from benchmarks.execution import Executions, thousand_rows
from benchmarks.machine import forget_peak, peak_mebibytes, resident_mebibytes
from benchmarks.measurement import Cost, Measured, Steady, cost, measure, measure_steady
from benchmarks.pages import Page, small_query
from benchmarks.progress import say
from benchmarks.servers import Server, served
from benchmarks.targets import Memory

_FEW = 5
_TURNS = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and with how many callers each server is loaded."""

    seconds: float
    connections: int


@dataclass(frozen=True, slots=True)
class PageResult:
    """A page measured on both servers. ``rows`` are those of its lists; ``steady`` is missing for what has no such target.

    ``best_steady`` shows how even the machine lets the plainest server answer.
    """

    page: str
    rows: dict[str, int]
    ohms: Measured
    best: Measured
    steady: Steady | None = None
    best_steady: Steady | None = None

    @property
    def share(self) -> float:
        """Requests per second of OHMS as a share of the other's."""
        return self.ohms.per_second / self.best.per_second

    @property
    def cpu_share(self) -> float | None:
        """The same by processor time: the other's time for a page as a share of OHMS's."""
        ours, best = self.ohms.cpu_milliseconds, self.best.cpu_milliseconds
        return best / ours if ours and best is not None else None


@dataclass(frozen=True, slots=True)
class Results:
    pages: list[PageResult]
    small: PageResult
    executions: Executions
    memory: Memory


def run(clinic: MeasuredClinic, pace: Pace, core: int | None, folder: Path) -> Results:
    executions = thousand_rows(clinic, core)
    with ExitStack() as servers:
        ohms = servers.enter_context(served_ohms(clinic.variables, core, folder / "ohms.log"))
        started = resident_mebibytes(ohms.pid)
        for page in clinic.pages:
            for _ in range(_FEW):
                ask(of_ohms(ohms, page, clinic.token))
        asked = resident_mebibytes(ohms.pid)
        best = servers.enter_context(
            served("ceiling", ["benchmarks.ceiling"], clinic.plain_variables, core, folder / "ceiling.log")
        )
        empty = servers.enter_context(served("empty route", ["benchmarks.empty_route"], {}, core, folder / "empty.log"))
        forget_peak(ohms.pid)
        pages = [_page(clinic, ohms, best, page, pace) for page in clinic.pages]
        small = _small(clinic, ohms, empty, pace)
        return Results(pages, small, executions, Memory(started, asked, peak_mebibytes(ohms.pid)))


@contextmanager
def served_ohms(variables: Mapping[str, str], core: int | None, log: Path, name: str = "OHMS") -> Iterator[Server]:
    with served(name, ["ohms_graphql", "serve"], variables, core, log) as server:
        yield server


def _page(clinic: MeasuredClinic, ohms: Server, best: Server, page: Page, pace: Pace) -> PageResult:
    ours, theirs = of_ohms(ohms, page, clinic.token), of_ceiling(best, page, clinic.token)
    rows = check_same_data(page, ask(ours), ask(theirs))
    say(f"The {page.name} page: both give the same data.")
    shown, shown_by_best = _in_turns((ohms, ours), (best, theirs), clinic, pace)
    best_steady = measure_steady(best, theirs, page.name, shown_by_best, pace.connections)
    steady = measure_steady(ohms, ours, page.name, shown, pace.connections)
    return PageResult(page.name, rows, shown, shown_by_best, steady, best_steady)


def _small(clinic: MeasuredClinic, ohms: Server, empty: Server, pace: Pace) -> PageResult:
    page = small_query()
    say(f"The {page.name}:")
    asked, compared = (ohms, of_ohms(ohms, page, clinic.token)), (empty, of_ceiling(empty, page, clinic.token))
    return PageResult(page.name, {}, *_in_turns(asked, compared, clinic, pace))


def _in_turns(
    ours: tuple[Server, Request], others: tuple[Server, Request], clinic: MeasuredClinic, pace: Pace
) -> tuple[Measured, Measured]:
    """Both right after each other, several times: the turn whose share is in the middle. A core of a shared machine runs at four
    fifths of its speed for a minute, and then again at all of it."""
    turns = [
        (measure(*ours, clinic, pace.seconds, pace.connections), measure(*others, clinic, pace.seconds, pace.connections))
        for _ in range(_TURNS)
    ]
    return sorted(turns, key=lambda turn: turn[0].per_second / turn[1].per_second)[_TURNS // 2]


@dataclass(frozen=True, slots=True)
class Costs:
    """What a page pays for being guarded (authorization, row policy, audit) and for being encrypted."""

    page: str
    guard: Cost
    encryption: Cost


def run_costs(clinic: MeasuredClinic, pace: Pace, core: int | None, folder: Path) -> list[Costs]:
    """OHMS in turns with an OHMS that goes without: see ``benchmarks.measurement.cost``."""
    with ExitStack() as servers:
        ohms = servers.enter_context(served_ohms(clinic.variables, core, folder / "ohms.log"))
        bare = servers.enter_context(
            served("unguarded", ["benchmarks.unguarded"], clinic.variables, core, folder / "unguarded.log")
        )
        plain = servers.enter_context(served_ohms(clinic.plain_variables, core, folder / "unencrypted.log", "unencrypted"))
        costs = []
        for page in clinic.pages:
            ours, unguarded, readable = (of_ohms(server, page, clinic.token) for server in (ohms, bare, plain))
            check_same_data(page, ask(unguarded), ask(ours))
            check_same_data(page, ask(readable), ask(ours))
            guard = cost((ohms, ours), (bare, unguarded), pace.seconds, pace.connections)
            encryption = cost((ohms, ours), (plain, readable), pace.seconds, pace.connections)
            costs.append(Costs(page.name, guard, encryption))
        return costs
