"""What stands on a timeline, and where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.appointment import Appointment
from models.base import StoredDocument
from models.record import EVER, Record
from resolvers.instants import between
from resolvers.queries import Filter


class TimelineKind(StrEnum):
    """At the same instant they come in this order."""

    APPOINTMENT = "APPOINTMENT"
    RECORD = "RECORD"
    RELEASE = "RELEASE"


RANKS = {kind: rank for rank, kind in enumerate(TimelineKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows of ``document`` that have a ``field``, each an entry at that instant. An index walks them in this order."""

    kind: TimelineKind
    document: type[StoredDocument]
    field: str
    within: Filter

    @property
    def needed(self) -> frozenset[str]:
        """What ``at`` looks at."""
        return frozenset({self.field.partition(".")[0]})

    def at(self, row: Any) -> datetime:
        value = row
        for name in self.field.split("."):
            value = getattr(value, name)
        instant: datetime = value
        return instant


SOURCES = (
    Source(kind=TimelineKind.APPOINTMENT, document=Appointment, field="start", within={"start": {"$ne": None}}),
    Source(kind=TimelineKind.RECORD, document=Record, field="effective_at", within={"effective_at": {"$ne": None}}),
    # When it was so is not known of these: they stand where they were written down.
    Source(kind=TimelineKind.RECORD, document=Record, field="recorded_at", within={"effective_at": None}),
    Source(kind=TimelineKind.RELEASE, document=Record, field="release.at", within={"release.at": {"$gt": EVER}}),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """``document`` is the visit, or the entry of the record that was written or released at that instant."""

    at: datetime
    kind: TimelineKind
    document: Any

    @property
    def key(self) -> tuple[datetime, int, str]:
        return self.at, RANKS[self.kind], self.document.id


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineCriteria:
    """``kinds`` None: all of them; ``from_ <= at < to``."""

    kinds: Sequence[TimelineKind] | None = None
    from_: datetime | None = None
    to: datetime | None = None

    def sources(self) -> list[tuple[Source, Filter]]:
        """The sources asked for, each with the filter of its rows."""
        return [
            (source, {"$and": [source.within, between(source.field, self.from_, self.to)]})
            for source in SOURCES
            if self.kinds is None or source.kind in self.kinds
        ]
