"""The figures as tables for people and as JSON for programs."""

from dataclasses import asdict
from typing import Any

from benchmarks.measurement import Cost, Measured
from benchmarks.run import Costs, PageResult, Results
from benchmarks.targets import Target, execution_beyond_read, memory, share_of, steadiness

_COLUMNS = [
    "page",
    "server",
    "pages/s",
    "share",
    "by CPU",
    "p50 ms",
    "p99 ms",
    "alone ms",
    "CPU ms",
    "busy",
    "commands",
    "bytes",
    "RSS MiB",
]


def targets_of(results: Results) -> list[Target]:
    """In the order in which they are promised."""
    shares = [share_of(f"{page.page} page", page.ohms, page.best, "the ceiling") for page in results.pages]
    small = share_of(results.small.page, results.small.ohms, results.small.best, "an empty route")
    spreads = [steadiness(page.steady) for page in results.pages if page.steady is not None]
    return [*shares, small, execution_beyond_read(results.executions), *spreads, *memory(results.memory)]


def table(results: Results) -> str:
    rows = [_COLUMNS]
    for result in [*results.pages, results.small]:
        rows.append([result.page, *_cells(result.ohms, f"{result.share:.1%}", _percent(result.cpu_share))])
        rows.append(["", *_cells(result.best, "100%", "100%")])
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = [
        "  ".join(
            cell.ljust(width) if index < 2 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    executions = [
        f"1,000 rows x 10 fields, {each.name}: {each.whole:.1f} ms of processor time without the driver's read; "
        f"{each.beyond_read:.1f} of it execution, {each.completing:.1f} of that from documents to data."
        for each in (results.executions.shipped, results.executions.with_secret, results.executions.core)
    ]
    spreads = [
        f"The {page.page} page at {steady.share:.0%} of its most, {name}: p50 {steady.p50:.1f} ms, p99 {steady.p99:.1f} ms, "
        f"{steady.spread:.1f} x."
        for page in results.pages
        for name, steady in (("OHMS", page.steady), ("the ceiling", page.best_steady))
        if steady is not None
    ]
    return "\n".join([*lines, "", *executions, *spreads])


def told_costs(costs: list[Costs]) -> str:
    guards = [f"Authorization, row policy and audit cost {_told(each.guard, each.page)}." for each in costs]
    encryptions = [f"Encryption costs {_told(each.encryption, each.page)}." for each in costs]
    return "\n".join([*guards, *encryptions, "15% is the limit for what encryption costs the chart page."])


def _told(cost: Cost, page: str) -> str:
    between = f"in turns, {_percent(cost.least)} to {_percent(cost.most)}"
    return f"{_percent(cost.time)} of the {page} page's time ({between}), {_percent(cost.cpu)} of its CPU"


def _percent(share: float | None) -> str:
    return "?" if share is None else f"{share:.1%}"


def _cells(measured: Measured, share: str, cpu_share: str) -> list[str]:
    cpu, busy = measured.cpu_milliseconds, measured.busy
    return [
        measured.server,
        f"{measured.per_second:,.1f}",
        share,
        cpu_share,
        f"{measured.p50:.1f}",
        f"{measured.p99:.1f}",
        f"{measured.alone:.1f}",
        "?" if cpu is None else f"{cpu:.2f}",
        "?" if busy is None else f"{busy:.0%}",
        str(measured.commands),
        f"{measured.answer_bytes:,}",
        f"{measured.memory_mebibytes:.0f}",
    ]


def as_json(results: Results, costs: list[Costs], conditions: dict[str, Any]) -> dict[str, Any]:
    return {
        "conditions": conditions,
        "targets": [asdict(target) for target in targets_of(results)],
        "pages": [_page(page) for page in [*results.pages, results.small]],
        "executions": asdict(results.executions),
        "memory": asdict(results.memory),
        "costs": [asdict(each) for each in costs],
    }


def _page(page: PageResult) -> dict[str, Any]:
    return asdict(page) | {"share": page.share, "cpu_share": page.cpu_share}
