"""An export of OHMS read again: the resources as any others, then what stands beside them in ``ohms.jsonl``."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pymongo import ReplaceOne, UpdateOne

from models.appointment import Appointment
from ohms_graphql.database import Database
from ohms_graphql.errors import OhmsError
from ohms_graphql.fhir.claims import claims_of
from ohms_graphql.fhir.importing import Progress, import_paths
from ohms_graphql.fhir.keys import OwnExport
from ohms_graphql.fhir.plan import Also, Options
from ohms_graphql.fhir.report import ImportReport, Place
from ohms_graphql.fhir.storage import encoded
from ohms_graphql.fhir.writing import Unit, write
from ohms_graphql.fhir_export.files import MANIFEST, REST
from ohms_graphql.fhir_export.remainder import KINDS, Line, checked, document_of
from resolvers.billing.bookkeeping import book_imported
from resolvers.billing.numbering import number_on
from resolvers.encoding import stored_changes

BATCH = 500


@dataclass(frozen=True, slots=True)
class _Numbered:
    number: int
    line: Line


async def restore(folder: Path, database: Database, time_zone: str, progress: Progress) -> ImportReport:
    """Into an empty database it gives the same graph (docs/fhir.md says what is left out).

    Raises OhmsError for what is no finished export.
    """
    source = _source_of(folder)
    rest = folder / REST
    whole = frozenset(each.line["id"] for each in _lines(rest) if each.line.get("whole"))
    options = Options(source=OwnExport(source), time_zone=time_zone)
    report = await import_paths(_resources_in(folder), database, options, progress, apart=whole, booked=False)
    lines, done = _lines(rest), 0
    while batch := list(islice(lines, BATCH)):
        units = [unit for each in batch if (unit := _unit(each, report)) is not None]
        for refused, reason in await write(database, units):
            _refuse(report, refused.what, reason)
        done += len(batch)
        progress("Restoring what FHIR has no place for", done, done)
    await book_imported()
    await number_on()
    return report


def _resources_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.ndjson"))


def _source_of(folder: Path) -> str:
    try:
        source = json.loads((folder / MANIFEST).read_bytes())["source"]
    except (OSError, ValueError, KeyError, TypeError):
        raise OhmsError(f"{folder} holds no finished export of OHMS: its {MANIFEST} is not there or not readable.") from None
    return str(source)


def _lines(path: Path) -> Iterator[_Numbered]:
    """Raises OhmsError for what is no line of an export."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for number, text in enumerate(stream, start=1):
            try:
                line = json.loads(text, parse_float=Decimal)
                known = line["document"] in KINDS and isinstance(line["id"], str) and isinstance(line["fields"], dict)
            except (ValueError, KeyError, TypeError):
                known = False
            if not known:
                raise OhmsError(f"{path} line {number}: not what OHMS writes there.")
            yield _Numbered(number, line)


def _unit(each: _Numbered, report: ImportReport) -> Unit[_Numbered] | None:
    """None for what does not fit, which is reported."""
    unit: Unit[_Numbered] = Unit(each)
    line, kind = each.line, KINDS[each.line["document"]]
    try:
        if line.get("whole"):
            document: Any = document_of(line)
            unit.updates.append(Also(kind, ReplaceOne({"_id": document.id}, encoded(document), upsert=True)))
        else:
            fields = checked(kind, line["fields"])
            unit.updates.append(Also(kind, UpdateOne({"_id": line["id"]}, {"$set": stored_changes(kind, fields)})))
            return unit
    except (ValidationError, KeyError, TypeError):
        _refuse(report, each, "does not fit the document")
        return None
    if isinstance(document, Appointment):
        unit.updates.extend(claims_of(document).updates)
    return unit


def _refuse(report: ImportReport, each: _Numbered, reason: str) -> None:
    report.refuse(Place(REST, f"line {each.number}"), str(each.line["document"]), reason)
