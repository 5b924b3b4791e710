"""Resources in chunks: the second reading of the files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ohms_graphql.fhir.arrival import Arrival
from ohms_graphql.fhir.element import Refusal
from ohms_graphql.fhir.files import BrokenFile, Entry, SourceFile, read_entries
from ohms_graphql.fhir.index import Index
from ohms_graphql.fhir.keys import type_said
from ohms_graphql.fhir.kinds import tier_of
from ohms_graphql.fhir.report import ImportReport

CHUNK = 4000
"""Resources compared, mapped and written together: the more, the fewer commands. Parsed, they take some six times their text."""
CHUNK_BYTES = 32 << 20

KEPT_BYTES = 32 << 20
"""Of text that stays in memory between the two readings: small imports need not be parsed twice."""


Numbered = tuple[int, Entry]
"""The number of a file, and an entry in it."""


@dataclass(slots=True)
class Chunk:
    """``refused`` are those that cannot be kept as they are, with the reason."""

    arrivals: list[Arrival] = field(default_factory=list)
    refused: list[tuple[Entry, Refusal]] = field(default_factory=list)


class Shelf:
    """The files of an import."""

    def __init__(self, files: list[SourceFile]) -> None:
        self.files = files
        self._kept: dict[int, list[Entry]] = {}
        self._room = KEPT_BYTES

    def entries(self, number: int) -> Iterator[Entry]:
        """Of a file, from memory if they were kept. Raises BrokenFile."""
        if number in self._kept:
            yield from self._kept[number]
            return
        kept: list[Entry] | None = []
        size = 0
        for entry in read_entries(self.files[number]):
            size += entry.size
            if kept is not None:
                kept.append(entry)
                kept = kept if size <= self._room else None
            yield entry
        if kept is not None:
            self._kept[number] = kept
            self._room -= size


def chunks_of(shelf: Shelf, index: Index, report: ImportReport, only: set[tuple[int, int]] | None) -> Iterator[Chunk]:
    """Bundles stay undivided where they fit. ``only`` names the entries wanted, by file and ordinal; None wants all.

    Files that others depend on come first.
    """
    numbers = {number for number, _ in only} if only is not None else index.tiers.keys()
    ordered = sorted(numbers, key=lambda number: (min(index.tiers[number]), max(index.tiers[number]), number))
    groups = (group for number in ordered for group in _groups(number, shelf, index, report, only))
    return map(_chunk, _packed(groups))


def _packed(groups: Iterable[list[Numbered]]) -> Iterator[list[Numbered]]:
    gathered: list[Numbered] = []
    size = 0
    for group in groups:
        weight = sum(entry.size for _, entry in group)
        if gathered and (len(gathered) + len(group) > CHUNK or size + weight > CHUNK_BYTES):
            yield gathered
            gathered, size = [], 0
        for numbered in group:
            gathered.append(numbered)
            size += numbered[1].size
            if len(gathered) >= CHUNK or size >= CHUNK_BYTES:
                yield gathered
                gathered, size = [], 0
    if gathered:
        yield gathered


def _groups(
    number: int, shelf: Shelf, index: Index, report: ImportReport, only: set[tuple[int, int]] | None
) -> Iterator[list[Numbered]]:
    """Lines one by one, as they need not fit in memory together; a bundle whole, people first."""
    file = shelf.files[number]
    bundle: list[Numbered] = []
    try:
        for entry in shelf.entries(number):
            name = (number, entry.ordinal)
            if name in index.left_out or (only is not None and name not in only):
                continue
            if file.by_lines:
                yield [(number, entry)]
            else:
                bundle.append((number, entry))
    except BrokenFile as error:
        if number not in index.broken_files:  # it was sound a moment ago
            index.broken_files.add(number)
            report.refuse_file(file.label, str(error))
    if bundle:
        yield sorted(bundle, key=lambda numbered: tier_of(type_said(numbered[1].content) or ""))


def _chunk(gathered: list[Numbered]) -> Chunk:
    chunk = Chunk()
    for number, entry in gathered:
        try:
            chunk.arrivals.append(Arrival.of(number, entry))
        except Refusal as refusal:
            chunk.refused.append((entry, refusal))
    return chunk
