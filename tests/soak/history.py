"""The history of a schedule, transaction by transaction, as MongoDB committed it; and what must hold after each."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo.database import Database

from models.appointment import HOLDS_TIME

_HOLDING = {status.value for status in HOLDS_TIME}
Raw = dict[str, Any]


@dataclass
class History:
    """Put together again from the changes of one change stream, begun before the first of them."""

    visits: dict[str, Raw] = field(default_factory=dict)
    days: dict[str, Raw] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    transactions: int = 0
    overlaps: int = 0  # on purpose

    def follow(self, changes: Iterator[Raw]) -> None:
        """Applies changes, and checks what must hold whenever a transaction is complete."""
        current: Any = None
        touched: set[str] = set()
        for change in changes:
            transaction = (str(change.get("lsid")), change.get("txnNumber"), change["clusterTime"])
            if transaction != current and touched:
                self._check(touched)
                touched = set()
            current = transaction
            touched |= self._apply(change)
        if touched:
            self._check(touched)

    def _apply(self, change: Raw) -> set[str]:
        collection, key = change["ns"]["coll"], change["documentKey"]["_id"]
        if collection == "schedule_events":
            event = change["fullDocument"]
            expected = self.sequences.get(event["provider_id"], 0) + 1
            assert event["sequence"] == expected, "events of a provider are committed in order and without gaps"
            self.sequences[event["provider_id"]] = expected
            return set()
        rows = self.visits if collection == "appointments" else self.days
        if change["operationType"] == "insert":
            rows[key] = change["fullDocument"]
        elif collection == "appointments":
            described = change["updateDescription"]
            assert not described.get("truncatedArrays")
            for name, value in described["updatedFields"].items():
                if "." not in name:
                    rows[key][name] = value
            for name in described["removedFields"]:
                rows[key].pop(name, None)
        else:
            self.days[key] = _updated(self.days[key], change["updateDescription"])
        return {key}

    def _check(self, touched: set[str]) -> None:
        self.transactions += 1
        taken: dict[str, list[tuple[datetime, datetime, bool, str]]] = defaultdict(list)
        expected: dict[str, set[tuple[datetime, datetime, str]]] = defaultdict(set)
        for key, visit in self.visits.items():
            if visit["status"] not in _HOLDING or not visit.get("busy_start"):
                continue
            on_purpose = visit.get("override") is not None
            taken[visit["provider_id"]].append((visit["busy_start"], visit["busy_end"], on_purpose, key))
            taken[visit["patient_id"]].append((visit["start"], visit["end"], on_purpose, key))
        for owner, spans in taken.items():
            ordered = sorted(spans)
            expected[owner] = {(start, end, key) for start, end, _, key in ordered}
            latest = ordered[0]
            for one in ordered[1:]:
                if one[0] < latest[1]:
                    assert one[2] or latest[2], f"{owner} is in two places at once: {latest} and {one}"
                    self.overlaps += 1
                latest = max(latest, one, key=lambda span: span[1])
        stored: dict[str, set[tuple[datetime, datetime, str]]] = defaultdict(set)
        for day in self.days.values():
            for period in day["periods"]:
                if period["expires_at"] is None:
                    stored[day["owner_id"]].add((period["start"], period["end"], period["appointment_id"]))
        assert {owner: spans for owner, spans in stored.items() if spans} == dict(expected), "taken time and visits differ"


def _updated(day: Raw, described: Raw) -> Raw:
    periods = list(day["periods"])
    for truncated in described.get("truncatedArrays", ()):
        assert truncated["field"] == "periods"
        del periods[truncated["newSize"] :]
    for name, value in described["updatedFields"].items():
        if name == "periods":
            periods = list(value)
        elif name.startswith("periods."):
            index = int(name.split(".")[1])
            assert name.count(".") == 1
            periods[index : index + 1] = [value]
    return {**day, "periods": periods}


MARKER = "soak_marker"
"""A collection; the first document that is put into it ends the history."""


def read_changes(database: Database[Raw], resume_after: Any) -> Iterator[Raw]:
    """All changes of the schedule between ``resume_after`` and the marker, as they were committed."""
    collections = ["appointments", "busy_days", "schedule_events", MARKER]
    watched = {"ns.coll": {"$in": collections}, "operationType": {"$in": ["insert", "update"]}}
    with database.watch([{"$match": watched}], resume_after=resume_after) as stream:
        for change in stream:
            if change["ns"]["coll"] == MARKER:
                return
            yield change
