"""What an import came to: counts for each resource type, and what went wrong where."""

from dataclasses import dataclass, field
from typing import NamedTuple

UNKNOWN_TYPE = "(unknown)"
"""Where entries are counted that do not say what they are."""

PROBLEMS_KEPT = 10_000
"""Texts kept; beyond that problems are only counted, so that a hopeless file cannot fill the memory."""


class Place(NamedTuple):
    """Where something stands: a file as it was named, and ``entry 12`` or ``line 7`` in it, counted from 1."""

    file: str
    spot: str

    def __str__(self) -> str:
        return f"{self.file} {self.spot}" if self.spot else self.file


@dataclass(slots=True)
class Counts:
    """Resources of one type: ``read = written + unchanged + refused``."""

    read: int = 0
    written: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(slots=True)
class ImportReport:
    """``problems`` are one line each and carry no patient data: ``a.json entry 12 Observation: status: required``."""

    types: dict[str, Counts] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    problem_count: int = 0
    broken_references: int = 0
    files_read: int = 0
    files_broken: int = 0
    files_ignored: int = 0

    @property
    def total(self) -> Counts:
        total = Counts()
        for counts in self.types.values():
            total.read += counts.read
            total.written += counts.written
            total.unchanged += counts.unchanged
            total.refused += counts.refused
        return total

    def of(self, resource_type: str) -> Counts:
        return self.types.setdefault(resource_type, Counts())

    def refuse(self, place: Place, resource_type: str, reason: str) -> None:
        """An entry does not go in."""
        self.of(resource_type).refused += 1
        self._tell(f"{place} {resource_type}: {reason}")

    def refuse_file(self, label: str, reason: str) -> None:
        """Nothing of a file goes in, or no more of it."""
        self.files_broken += 1
        self._tell(f"{label}: {reason}")

    def broken_reference(self, place: Place, resource_type: str, reason: str) -> None:
        """An entry goes in without a link."""
        self.broken_references += 1
        self._tell(f"{place} {resource_type}: {reason}")

    def _tell(self, text: str) -> None:
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(text)
