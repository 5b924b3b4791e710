"""``python -m benchmarks.scale``: what the size of a clinic costs, from the demo clinic to one of a million visits.

The same pages on both, in turns; deep pages beside first ones; and for each query the plan that MongoDB ran.
"""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.asking import Request, ask
from benchmarks.errors import BenchmarkError
from benchmarks.machine import description, divide_cores
from benchmarks.pages import chart_page, schedule_page
from benchmarks.plans import Read, reads_of
from benchmarks.progress import say
from benchmarks.scale_clinics import Clinics, two_clinics
from benchmarks.scale_costs import Asked, Cost, costs_in_turns
from benchmarks.scale_operations import Listing, listings
from benchmarks.servers import Server, served
from ohms_graphql.demo.cast import SHOWCASE_PATIENT_ID, SHOWCASE_PROVIDER_ID
from ohms_graphql.demo.scale.load import ScaleSummary
from ohms_graphql.demo.scale.size import Size
from ohms_graphql.errors import OhmsError

CEILING = 1.3
LOADED_PER_SECOND = 20_000
_PAGE, _DEEP_PAGE = 50, 100
_DEEP_PAGES = 15
_ROUNDS, _DEEP_ROUNDS = 7, 5


@dataclass(frozen=True, slots=True)
class Compared:
    """Two requests and what they cost; the second shall cost no more than the first times the ceiling."""

    name: str
    small: Cost
    large: Cost

    @property
    def ratios(self) -> tuple[float, float]:
        """Of latency alone, and of the processor time of both servers together."""
        small, large = self.small.cpu + self.small.mongod, self.large.cpu + self.large.mongod
        return self.large.alone / self.small.alone, large / small if small else 1.0

    @property
    def met(self) -> bool:
        return max(self.ratios) <= CEILING


def main() -> int:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is ended on the way out
    try:
        with tempfile.TemporaryDirectory(prefix="ohms-scale-") as folder:
            return _run(arguments, arguments.keep or Path(folder) / "clinics")
    except (BenchmarkError, OhmsError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, metavar="FACTOR", help="how much of the large clinic (1)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="load it there, and find it there the next time")
    parser.add_argument("--times", type=int, default=100, help="how often each request is sent in each of seven turns (100)")
    arguments = parser.parse_args()
    if arguments.times < 1:
        parser.error("--times starts at 1")
    return arguments


def _run(arguments: argparse.Namespace, folder: Path) -> int:
    conditions: dict[str, Any] = description()
    size = Size.of(arguments.scale)
    with two_clinics(folder, size, keep=arguments.keep is not None) as clinics, ExitStack() as servers:
        core = divide_cores()  # not before: loading takes all of them
        command = ["ohms_graphql", "serve"]
        small = servers.enter_context(served("demo", command, clinics.small.variables, core, folder / "small.log"))
        large = servers.enter_context(served("large", command, clinics.large.variables, core, folder / "large.log"))
        plans = dict(_plans(clinics, large))
        compared = [*_pages(clinics, small, large, arguments.times), *_deep(clinics, large, arguments.times)]
    print(f"{conditions['processor']}, {conditions['cores']} cores, load before {conditions['load']}")
    print(f"{size.patients:,} patients, {size.appointments:,} appointments, {size.records:,} records\n")
    faults = [*_tell_loading(clinics.loaded), *_tell_costs(compared), *_tell_plans(plans)]
    print("\nMissed: " + "; ".join(faults) if faults else "\nAll met.")
    return 1 if faults else 0


def _request(server: Server, token: str, body: bytes) -> Request:
    return Request("POST", server.port, "/graphql", token, body)


def _pages(clinics: Clinics, small: Server, large: Server, times: int) -> Iterator[Compared]:
    """The demo's own two pages, there and beside a million others; and the schedule of somebody who has thousands of visits."""
    schedule, chart = schedule_page(SHOWCASE_PROVIDER_ID), chart_page(SHOWCASE_PATIENT_ID)
    busy = schedule_page(clinics.at.provider)
    few, many = clinics.small.tokens, clinics.large.tokens
    pairs = [
        ("schedule page", schedule.body, schedule.body, many["demo provider"]),
        ("chart page", chart.body, chart.body, many["demo provider"]),
        ("schedule page of a busy provider", schedule.body, busy.body, many["provider"]),
    ]
    for name, body, other, token in pairs:
        say(f"The {name} ...")
        left, right = _request(small, few["demo provider"], body), _request(large, token, other)
        costs = costs_in_turns(Asked(small, left), Asked(large, right), clinics.mongod, _ROUNDS, times)
        yield Compared(name, *costs)


def _deep(clinics: Clinics, large: Server, times: int) -> Iterator[Compared]:
    """Pages of the same list: the first, and one behind more than a thousand rows, forwards and backwards."""
    for listing in listings(clinics.at):
        token = clinics.large.tokens[listing.caller]
        cursor = _deep_cursor(listing, large, token)
        if cursor is None:
            continue
        say(f"Deep in {listing.name} ...")
        first = _request(large, token, listing.body(f"first: {_PAGE}"))
        for place in (f'first: {_PAGE}, after: "{cursor}"', f'last: {_PAGE}, before: "{cursor}"'):
            deep = _request(large, token, listing.body(place))
            costs = costs_in_turns(Asked(large, first), Asked(large, deep), clinics.mongod, _DEEP_ROUNDS, max(1, times // 2))
            yield Compared(f"{listing.name}, {place.partition(',')[2].split(':')[0].strip()}", *costs)


def _deep_cursor(listing: Listing, server: Server, token: str) -> str | None:
    """Of the row behind more than a thousand others; None where there are fewer."""
    cursor = ""
    for _ in range(_DEEP_PAGES):
        place = f"first: {_DEEP_PAGE}" + (f', after: "{cursor}"' if cursor else "")
        answer = json.loads(ask(_request(server, token, listing.body(place, rows="id"))))
        if "errors" in answer:
            raise BenchmarkError(f"OHMS refuses {listing.name}: {answer['errors'][0]['message']}")
        page = answer["data"][listing.field]["pageInfo"]
        if not page["hasNextPage"]:
            return None
        cursor = page["endCursor"]
    return cursor


def _plans(clinics: Clinics, large: Server) -> Iterator[tuple[str, list[Read]]]:
    tokens = clinics.large.tokens
    for page, token in (
        (schedule_page(SHOWCASE_PROVIDER_ID), tokens["demo provider"]),
        (chart_page(SHOWCASE_PATIENT_ID), tokens["demo provider"]),
        (schedule_page(clinics.at.provider), tokens["provider"]),
        (chart_page(clinics.at.patient), tokens["provider"]),
    ):
        yield f"{page.name} page ({len(orjson.dumps(page.variables))})", _read(clinics, large, token, page.body)
    for listing in listings(clinics.at):
        token = tokens[listing.caller]
        cursor = _deep_cursor(listing, large, token)
        places = [f"first: {_PAGE}", f"last: {_PAGE}"]
        places += [f'first: {_PAGE}, after: "{cursor}"', f'last: {_PAGE}, before: "{cursor}"'] if cursor else []
        for place in places:
            yield (
                f"{listing.name}, {place.partition(':')[0]} {'deep' if ',' in place else ''}",
                _read(clinics, large, token, listing.body(place)),
            )
        yield f"{listing.name}, count", _read(clinics, large, token, listing.body("first: 0", more="totalCount"))


def _read(clinics: Clinics, server: Server, token: str, body: bytes) -> list[Read]:
    request = _request(server, token, body)
    answer = json.loads(ask(request))  # what is looked up once in a process is looked up now
    if "errors" in answer:
        raise BenchmarkError(f"OHMS refuses: {answer['errors'][0]['message']}")
    return reads_of(clinics.client, clinics.large.database, lambda: ask(request))


def _tell_loading(loaded: ScaleSummary) -> list[str]:
    if not loaded.written:
        return []
    alone, whole = loaded.per_second
    print(f"{loaded.written.total():,} documents: {loaded.loading:.0f} s ({alone:,.0f}/s), indexes: {loaded.indexing:.0f} s")
    print(f"All in all {whole:,.0f} documents a second; the target is {LOADED_PER_SECOND:,}.\n")
    return [] if whole >= LOADED_PER_SECOND else [f"loading: {whole:,.0f} documents a second"]


def _tell_costs(compared: list[Compared]) -> list[str]:
    three = f"{'alone':>8}{'CPU':>8}{'mongod':>8}"
    print(f"{'milliseconds':56}{three}   {three}   {'ratio':>6}{'by CPU':>8}")
    for one in compared:
        cells = "   ".join(
            "".join(f"{value:8.2f}" for value in (cost.alone, cost.cpu, cost.mongod)) for cost in (one.small, one.large)
        )
        alone, cpu = one.ratios
        print(f"{one.name:56}{cells}   {alone:6.2f}{cpu:8.2f}  of {CEILING}{'' if one.met else '  MISSED'}")
    return [f"{one.name} costs {max(one.ratios):.2f} times as much" for one in compared if not one.met]


def _tell_plans(plans: dict[str, list[Read]]) -> list[str]:
    print(f"\n{'query':48}{'collection':16}{'command':10}{'keys':>8}{'docs':>8}{'rows':>7}  plan")
    faults = []
    for name, reads in plans.items():
        for number, read in enumerate(reads):
            cells = f"{read.collection:16}{read.command:10}{read.keys:8,}{read.documents:8,}{read.rows:7,}"
            print(f"{'' if number else name:48}{cells}  {read.plan}{f'  MISSED: {read.fault}' if read.fault else ''}")
            if read.fault is not None:
                faults.append(f"{name}: {read.collection} {read.fault}")
    return faults


if __name__ == "__main__":
    sys.exit(main())
