"""Importing FHIR files: the order of things.

Every file is read twice. The first time only names are kept (index.py), so that the order of files and entries does not matter
and no file is kept in memory. The second time resources are taken in by chunks; one that links to another which comes later
waits, and its file is read once more for it. Files of those that others depend on come first, so that this is rare.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

from ohms_graphql.database import Database
from ohms_graphql.fhir.directory import Directory
from ohms_graphql.fhir.files import BrokenFile, Entry, SourceFile, find_files, read_entries
from ohms_graphql.fhir.index import Index
from ohms_graphql.fhir.intake import Intake
from ohms_graphql.fhir.keys import type_said
from ohms_graphql.fhir.kinds import tier_of
from ohms_graphql.fhir.plan import Options
from ohms_graphql.fhir.report import ImportReport

CHUNK = 1000
"""Resources compared, mapped and written together."""

Progress = Callable[[str, int, int], None]
"""Told what is being done (``Reading`` files, ``Writing`` resources), how many are done, and how many there are."""

Numbered = tuple[int, Entry]


def _nobody_watches(_what: str, _done: int, _total: int) -> None:
    pass


async def import_paths(
    paths: list[Path], database: Database, options: Options, progress: Progress = _nobody_watches
) -> ImportReport:
    """Imports files and folders. What is wrong in one place is in the report and keeps nothing else out.

    Raises OhmsError for a path that is not there, and when the database fails.
    """
    found = find_files(paths)
    report = ImportReport(files_ignored=found.ignored)
    index = Index()
    total = 0
    for number, file in enumerate(found.files):
        total += index.scan(number, file, report)
        progress("Reading", number + 1, len(found.files))
        await asyncio.sleep(0)
    index.relate()
    intake = Intake(database, Directory(index, options.source), options, report)
    await _take_all(found.files, index, intake, lambda: progress("Writing", intake.settled, total))
    return report


async def _take_all(files: list[SourceFile], index: Index, intake: Intake, tell: Callable[[], None]) -> None:
    """Goes through the files until nothing waits any more. A round that settles nothing makes the next one the last."""
    only: set[tuple[int, int]] | None = None
    while True:
        settled_before, intake.put_off = intake.settled, set()
        for chunk in _chunks(files, index, intake.report, only):
            await intake.take(chunk)
            tell()
        if not intake.put_off:
            return
        if intake.settled == settled_before:
            intake.directory.nothing_more_comes = True
        only = intake.put_off


def _chunks(
    files: list[SourceFile], index: Index, report: ImportReport, only: set[tuple[int, int]] | None
) -> Iterator[list[Numbered]]:
    """The entries in chunks, bundles undivided where they fit. ``only`` names those wanted, by file and ordinal."""
    numbers = {number for number, _ in only} if only is not None else index.tiers.keys()
    chunk: list[Numbered] = []
    for number in sorted(numbers, key=lambda number: (min(index.tiers[number]), max(index.tiers[number]), number)):
        for group in _groups(number, files[number], index, report, only):
            if len(chunk) + len(group) > CHUNK and chunk:
                yield chunk
                chunk = []
            chunk += group
            while len(chunk) > CHUNK:
                yield chunk[:CHUNK]
                chunk = chunk[CHUNK:]
    if chunk:
        yield chunk


def _groups(
    number: int, file: SourceFile, index: Index, report: ImportReport, only: set[tuple[int, int]] | None
) -> Iterator[list[Numbered]]:
    """Lines one by one, as they need not fit in memory together; a bundle whole, people first."""
    bundle: list[Numbered] = []
    try:
        for entry in read_entries(file):
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
