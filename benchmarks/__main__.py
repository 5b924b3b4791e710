"""``python -m benchmarks``: every target beside its figure, in one run."""

import argparse
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson

from benchmarks.asking import ask, of_ohms
from benchmarks.clinic import MeasuredClinic, measured_clinic
from benchmarks.errors import BenchmarkError
from benchmarks.flame import flame
from benchmarks.hot_spots import hot_spots
from benchmarks.load import generator
from benchmarks.machine import description, divide_cores
from benchmarks.progress import say
from benchmarks.report import as_json, table, targets_of, told_costs
from benchmarks.run import Pace, run, run_costs, served_ohms
from benchmarks.targets import listed
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
    parser.add_argument("--costs", action="store_true", help="measure what guard and encryption cost, too: four more minutes")
    parser.add_argument("--profile", action="store_true", help="instead, show where OHMS spends its time on each page")
    parser.add_argument("--flame", type=Path, metavar="DIR", help="instead, draw a flame graph of each page under load there")
    arguments = parser.parse_args()
    if arguments.seconds < 1 or arguments.connections < 1:
        parser.error("--seconds and --connections start at 1")
    return arguments


def _run(arguments: argparse.Namespace, folder: Path) -> None:
    conditions: dict[str, Any] = description()
    core = divide_cores()
    pace = Pace(arguments.seconds, arguments.connections)
    with measured_clinic(folder) as clinic:
        if arguments.profile:
            print(hot_spots(clinic, core))
            return
        if arguments.flame:
            _draw(clinic, core, arguments, folder)
            return
        conditions |= {"load_generator": generator(), "own_core": core is not None}
        conditions |= {"seconds": arguments.seconds, "connections": arguments.connections}
        results = run(clinic, pace, core, folder)
        costs = run_costs(clinic, pace, core, folder) if arguments.costs else []
    print(_heading(conditions))
    print(table(results))
    if costs:
        print(told_costs(costs))
    print(f"\n{listed(targets_of(results))}")
    if arguments.json:
        arguments.json.write_bytes(orjson.dumps(as_json(results, costs, conditions), option=orjson.OPT_INDENT_2))
        say(f"Written to {arguments.json}")


def _draw(clinic: MeasuredClinic, core: int | None, arguments: argparse.Namespace, folder: Path) -> None:
    with served_ohms(clinic.variables, core, folder / "ohms.log") as ohms:
        for page in clinic.pages:
            request = of_ohms(ohms, page, clinic.token)
            ask(request)
            print(flame(ohms, request, page.name, arguments.connections, arguments.flame))


def _heading(conditions: dict[str, Any]) -> str:
    pinned = "one core for the server" if conditions["own_core"] else "no core of its own for the server"
    return (
        f"{conditions['processor']}, {conditions['cores']} cores ({pinned}), load before {conditions['load']}, "
        f"Python {conditions['python']}; {conditions['load_generator']}, {conditions['connections']} connections, "
        f"{conditions['seconds']:g} s each\n"
    )


if __name__ == "__main__":
    sys.exit(main())
