"""``python -m benchmarks``: both pages, each beside its ceiling, in one run."""

import argparse
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson

from benchmarks.asking import ask, check_same_data, of_ceiling, of_ohms
from benchmarks.clinic import MeasuredClinic, measured_clinic
from benchmarks.errors import BenchmarkError
from benchmarks.hot_spots import hot_spots
from benchmarks.load import generator
from benchmarks.machine import description, divide_cores
from benchmarks.measurement import guard_cost, measure
from benchmarks.progress import say
from benchmarks.report import PageResult, as_json, table
from benchmarks.servers import Server, served
from ohms_graphql.errors import OhmsError


def main() -> int:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is ended on the way out
    try:
        with tempfile.TemporaryDirectory(prefix="ohms-benchmark-") as folder:
            _run(arguments, Path(folder))
    except (BenchmarkError, OhmsError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each server is loaded with each page (8)")
    parser.add_argument("--connections", type=int, default=16, help="callers at the same time (16)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--profile", action="store_true", help="instead, show where OHMS spends its time on each page")
    arguments = parser.parse_args()
    if arguments.seconds < 1 or arguments.connections < 1:
        parser.error("--seconds and --connections start at 1")
    return arguments


def _run(arguments: argparse.Namespace, folder: Path) -> None:
    conditions: dict[str, Any] = description()
    core = divide_cores()
    with measured_clinic(folder) as clinic:
        if arguments.profile:
            print(hot_spots(clinic, core))
            return
        conditions |= {"load_generator": generator(), "own_core": core is not None}
        conditions |= {"seconds": arguments.seconds, "connections": arguments.connections}
        with ExitStack() as servers:
            ohms = servers.enter_context(served("OHMS", ["ohms_graphql", "serve"], clinic.variables, core, folder / "ohms.log"))
            ceiling = servers.enter_context(
                served("ceiling", ["benchmarks.ceiling"], clinic.plain_variables, core, folder / "ceiling.log")
            )
            unguarded = servers.enter_context(
                served("unguarded", ["benchmarks.unguarded"], clinic.variables, core, folder / "unguarded.log")
            )
            readable = servers.enter_context(
                served("unencrypted", ["ohms_graphql", "serve"], clinic.plain_variables, core, folder / "unencrypted.log")
            )
            results = _measure_pages(clinic, (ohms, ceiling, unguarded, readable), arguments)
    print(_heading(conditions))
    print(table(results))
    if arguments.json:
        arguments.json.write_bytes(orjson.dumps(as_json(results, conditions), option=orjson.OPT_INDENT_2))
        say(f"Written to {arguments.json}")


def _measure_pages(
    clinic: MeasuredClinic, servers: tuple[Server, Server, Server, Server], arguments: argparse.Namespace
) -> list[PageResult]:
    ohms, ceiling, unguarded, readable = servers
    results = []
    for page in clinic.pages:
        ours, best = of_ohms(ohms, page, clinic.token), of_ceiling(ceiling, page, clinic.token)
        bare = of_ohms(unguarded, page, clinic.token)
        in_plain = of_ohms(readable, page, clinic.token)
        rows = check_same_data(page, ask(ours), ask(best))
        check_same_data(page, ask(in_plain), ask(best))
        check_same_data(page, ask(bare), ask(best))
        say(f"The {page.name} page: all give the same data.")
        figures = [
            measure(server, request, clinic, arguments.seconds, arguments.connections)
            for server, request in ((ohms, ours), (ceiling, best), (unguarded, bare))
        ]
        guard = guard_cost((ohms, ours), (unguarded, bare), arguments.seconds, arguments.connections)
        encryption = guard_cost((ohms, ours), (readable, in_plain), arguments.seconds, arguments.connections)
        results.append(PageResult(page.name, rows, figures[0], figures[1], figures[2], guard, encryption))
    return results


def _heading(conditions: dict[str, Any]) -> str:
    pinned = "one core for the server" if conditions["own_core"] else "no core of its own for the server"
    return (
        f"{conditions['processor']}, {conditions['cores']} cores ({pinned}), load before {conditions['load']}, "
        f"Python {conditions['python']}; {conditions['load_generator']}, {conditions['connections']} connections, "
        f"{conditions['seconds']:g} s each\n"
    )


if __name__ == "__main__":
    sys.exit(main())
