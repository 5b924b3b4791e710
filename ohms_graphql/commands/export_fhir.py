"""`ohms export-fhir`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ohms_graphql.errors import OhmsError


def export_fhir(
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="A new folder, or one with an export that was broken off: it goes on there."
        ),
    ],
    type_: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Only resources of this type; may be given again.")
    ] = None,
    patient: Annotated[
        str | None, typer.Option(metavar="MRN", help="Only what is in the record of this patient.", show_default=False)
    ] = None,
) -> None:
    """Write everything as FHIR R4, one NDJSON file for each type of resource (docs/fhir.md).

    What FHIR has no place for is in ohms.jsonl beside them, for `ohms import-fhir --restore`. The files are not encrypted.
    """
    import asyncio

    from ohms_graphql.commands.progress_bars import progress_bars
    from ohms_graphql.database import open_database
    from ohms_graphql.database_url import database_url
    from ohms_graphql.fhir.resource_types import RESOURCE_TYPES
    from ohms_graphql.fhir_export.exporting import Wanted
    from ohms_graphql.fhir_export.exporting import export_fhir as export
    from ohms_graphql.keys.master_key import master_key_of
    from ohms_graphql.settings import load_settings

    types = frozenset(type_ or ())
    if unknown := sorted(types - RESOURCE_TYPES):
        raise OhmsError(f"{unknown[0][:50]!r} is no resource type of FHIR R4.")
    settings = load_settings(os.environ)

    async def work(url: str) -> dict[str, int]:
        async with open_database(url, settings.database, master_key=master_key_of(settings)):
            wanted = Wanted(types=types, patient_id=await _patient_id(patient))
            with progress_bars() as progress:
                return (await export(output, wanted, progress)).counts

    with database_url(settings) as url:
        counts = asyncio.run(work(url))
    for name, count in sorted(counts.items()):
        typer.echo(f"{count:>9} {name}")
    typer.echo(f"{output} is not encrypted: keep it as you keep the records themselves.", err=True)


async def _patient_id(mrn: str | None) -> str | None:
    if mrn is None:
        return None
    from models.patient import Mrn, Patient

    found = await Patient.find_one({"mrn": Mrn.lookup(mrn)})
    if found is None:
        raise OhmsError("No patient has this medical record number.")
    return found.id
