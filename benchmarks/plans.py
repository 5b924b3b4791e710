"""How MongoDB found the rows of one request: its own account of what it ran (the profiler), not what it would run.

Of a union (``resolvers.wide_lists``) the profiler tells the plan of its first branch only, counts what the others examine twice
(MongoDB 6.0), and always a sort: the last stage orders what the branches gave, each at most a page. That sort is bounded, however
much is stored, and is no fault; a sort within a branch is one. So MongoDB explains unions anew, running each branch, maybe by
another plan than before: of what it examines now and at least half of what it examined then, the larger number counts. Each
branch may examine as much as a read by itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

MOST_KEYS_PER_ROW = 4
KEYS_ALLOWED = 300
"""Beside them: a caller's panel is looked up whole, whatever is returned."""
_SUMS = "aggregate"


@dataclass(frozen=True, slots=True)
class Read:
    """One command. ``plan`` names the stage and the index, and how many there are of it; ``rows`` were returned.

    ``sorts`` where all rows that match are sorted before the first one is returned.
    """

    collection: str
    command: str
    plan: str
    keys: int
    documents: int
    rows: int
    sorts: bool
    branches: int = 1

    @property
    def fault(self) -> str | None:
        """What is wrong with it; None where the index fits. A sum reads all that it adds up."""
        if "COLLSCAN" in self.plan:
            return "scans the collection"
        if self.sorts:
            return "sorts in memory"
        if self.command == _SUMS:
            return None
        examined = max(self.keys, self.documents)
        if examined > self.branches * (MOST_KEYS_PER_ROW * self.rows + KEYS_ALLOWED):
            return f"examines {examined:,} keys for {self.rows:,} rows"
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
    return [_read(profiled, row) for row in found.sort("ts")]


def _read(database: Database[dict[str, Any]], row: dict[str, Any]) -> Read:
    command = row.get("originatingCommand", row.get("command", {}))
    read = Read(
        collection=row["ns"].partition(".")[2],
        command=next((name for name in ("find", "aggregate", "count", "distinct") if name in command), row["op"]),
        plan=_counted(row.get("planSummary", "none")),
        keys=row.get("keysExamined", 0),
        documents=row.get("docsExamined", 0),
        rows=row["nreturned"],
        sorts=bool(row.get("hasSortStage")),
    )
    return _union(database, command, read) if any("$unionWith" in stage for stage in command.get("pipeline", ())) else read


def _union(database: Database[dict[str, Any]], command: dict[str, Any], read: Read) -> Read:
    asked = {name: command[name] for name in ("aggregate", "pipeline")} | {"cursor": {}}
    explained = database.command("explain", asked, verbosity="executionStats")["stages"]
    first = [stage["$unionWith"]["pipeline"][0] if "$unionWith" in stage else stage for stage in explained]
    branches = [stage["$cursor"] for stage in first if "$cursor" in stage]
    stages = {name for branch in branches for name in _stages(branch["queryPlanner"]["winningPlan"])}
    examined = [branch["executionStats"] for branch in branches]
    return replace(
        read,
        command="union",
        plan=f"{read.plan}, COLLSCAN" if "COLLSCAN" in stages else read.plan,
        keys=max(sum(branch["totalKeysExamined"] for branch in examined), read.keys // 2),
        documents=max(sum(branch["totalDocsExamined"] for branch in examined), read.documents // 2),
        sorts="SORT" in stages,
        branches=len(branches),
    )


def _stages(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["stage"]
    for inner in (*plan.get("inputStages", ()), *([plan["inputStage"]] if "inputStage" in plan else ())):
        yield from _stages(inner)


def _counted(plan: str) -> str:
    """A merge names the same index for each of its scans: once is enough."""
    scans = Counter(plan.replace("}, ", "}\n").split("\n"))
    return ", ".join(scan if count == 1 else f"{count} {scan}" for scan, count in scans.items())
