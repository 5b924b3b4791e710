"""Importing FHIR files: the order of things.

Every file is read twice. The first time only names are kept (index.py), so that the order of files and entries does not matter
and no file is kept in memory. The second time resources are taken in by chunks; one that links to another which comes later
waits, and its file is read once more for it. Files of those that others depend on come first, so that this is rare.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from ohms_graphql.database import Database
from ohms_graphql.fhir.chunks import Shelf, chunks_of
from ohms_graphql.fhir.confidential_billing import keep_billing_as_close
from ohms_graphql.fhir.directory import Directory
from ohms_graphql.fhir.files import find_files
from ohms_graphql.fhir.index import Index
from ohms_graphql.fhir.intake import Intake
from ohms_graphql.fhir.plan import Options
from ohms_graphql.fhir.report import ImportReport
from resolvers.billing.bookkeeping import book_imported

Progress = Callable[[str, int, int], None]
"""Told what is being done (``Reading`` files, ``Writing`` resources), how many are done, and how many there are."""


def _nobody_watches(_what: str, _done: int, _total: int) -> None:
    pass


async def import_paths(
    paths: list[Path],
    database: Database,
    options: Options,
    progress: Progress = _nobody_watches,
    apart: frozenset[str] = frozenset(),
    *,
    booked: bool = True,
) -> ImportReport:
    """Imports files and folders. What is wrong in one place is in the report and keeps nothing else out.

    ``apart`` are ids of resources to pass over. ``booked`` false: what was billed is posted later.

    Raises OhmsError for a path that is not there, and when the database fails.
    """
    found = find_files(paths)
    report = ImportReport(files_ignored=found.ignored)
    shelf = Shelf(found.files)
    index = Index(apart=apart)
    total = 0
    for number, file in enumerate(found.files):
        total += index.scan(number, file, shelf.entries(number), report)
        progress("Reading", number + 1, len(found.files))
        await asyncio.sleep(0)
    index.relate()
    directory = Directory(index, options.source)
    await directory.learn_merges()
    intake = Intake(database, directory, options, report)
    await _take_all(shelf, index, intake, lambda: progress("Writing", intake.settled, total))
    await keep_billing_as_close()
    if booked:
        await book_imported()
    return report


async def _take_all(shelf: Shelf, index: Index, intake: Intake, tell: Callable[[], None]) -> None:
    """Goes through the files until nothing waits any more. A round that settles nothing makes the next one the last."""
    only: set[tuple[int, int]] | None = None
    while True:
        settled_before, intake.put_off = intake.settled, set()
        for chunk in chunks_of(shelf, index, intake.report, only):
            await intake.take(chunk)
            tell()
        if not intake.put_off:
            return
        if intake.settled == settled_before:
            intake.directory.nothing_more_comes = True
        only = intake.put_off
