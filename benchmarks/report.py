"""The figures as a table for people and as JSON for programs."""

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.measurement import GuardCost, Measured


@dataclass(frozen=True, slots=True)
class PageResult:
    """A page measured on three servers. ``rows`` are those of its lists."""

    page: str
    rows: dict[str, int]
    ohms: Measured
    ceiling: Measured
    unguarded: Measured
    guard: GuardCost
    encryption: GuardCost

    @property
    def share(self) -> float:
        """Requests per second of OHMS as a share of the ceiling's."""
        return self.ohms.per_second / self.ceiling.per_second

    @property
    def cpu_share(self) -> float | None:
        """The same by processor time: the ceiling's time for a page as a share of OHMS's."""
        ours, best = self.ohms.cpu_milliseconds, self.ceiling.cpu_milliseconds
        return best / ours if ours and best is not None else None


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


def table(results: list[PageResult]) -> str:
    rows = [_COLUMNS]
    for result in results:
        rows.append([result.page, *_cells(result.ohms, f"{result.share:.1%}", _percent(result.cpu_share))])
        rows.append(["", *_cells(result.unguarded, "", "")])
        rows.append(["", *_cells(result.ceiling, "100%", "100%")])
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    costs = [
        f"Authorization, row policy and audit cost {_percent(result.guard.time)} of the {result.page} page's time "
        f"(in turns, {_percent(result.guard.least)} to {_percent(result.guard.most)}), {_percent(result.guard.cpu)} of its CPU."
        for result in results
    ] + [
        f"Encryption costs {_percent(result.encryption.time)} of the {result.page} page's time "
        f"(in turns, {_percent(result.encryption.least)} to {_percent(result.encryption.most)}), "
        f"{_percent(result.encryption.cpu)} of its CPU; 15% is the limit for the chart page."
        for result in results
    ]
    lines = [
        "  ".join(
            cell.ljust(width) if index < 2 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([*lines, "", *costs])


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


def as_json(results: list[PageResult], conditions: dict[str, Any]) -> dict[str, Any]:
    return {
        "conditions": conditions,
        "pages": [asdict(result) | {"share": result.share, "cpu_share": result.cpu_share} for result in results],
    }
