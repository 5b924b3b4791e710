"""How MongoDB found the rows of one request: its own account of what it ran (the profiler), not what it would run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient

MOST_KEYS_PER_ROW = 4
KEYS_ALLOWED = 300
"""Beside them: a caller's panel is looked up whole, whatever is returned."""
_SUMS = "aggregate"


@dataclass(frozen=True, slots=True)
class Read:
    """One command. ``plan`` names the stage and the index; ``rows`` were returned."""

    collection: str
    command: str
    plan: str
    keys: int
    documents: int
    rows: int
    sorts: bool

    @property
    def fault(self) -> str | None:
        """What is wrong with it; None where the index fits. A sum reads all that it adds up."""
        if "COLLSCAN" in self.plan:
            return "scans the collection"
        if self.sorts:
            return "sorts in memory"
        if self.command != _SUMS and self.keys > MOST_KEYS_PER_ROW * self.rows + KEYS_ALLOWED:
            return f"examines {self.keys:,} keys for {self.rows:,} rows"
        return None


def reads_of(client: MongoClient[dict[str, Any]], database: str, ask: Callable[[], object]) -> list[Read]:
    """What ``ask`` has MongoDB read in a database that nobody else uses meanwhile, in order."""
    profiled = client[database]
    profiled.command("profile", 0)
    profiled.drop_collection("system.profile")
    profiled.command("profile", 2)
    try:
        ask()
    finally:
        profiled.command("profile", 0)
    found = profiled["system.profile"].find({"ns": {"$ne": f"{database}.system.profile"}, "nreturned": {"$exists": True}})
    return [_read(row) for row in found.sort("ts")]


def _read(row: dict[str, Any]) -> Read:
    command = row.get("originatingCommand", row.get("command", {}))
    return Read(
        collection=row["ns"].partition(".")[2],
        command=next((name for name in ("find", "aggregate", "count", "distinct") if name in command), row["op"]),
        plan=row.get("planSummary", "none"),
        keys=row.get("keysExamined", 0),
        documents=row.get("docsExamined", 0),
        rows=row["nreturned"],
        sorts=bool(row.get("hasSortStage")),
    )
