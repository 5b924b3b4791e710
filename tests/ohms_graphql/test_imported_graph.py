"""The twelve Synthea bundles, read back through the graph: what was in a patient's file is in the patient's graph."""

import gzip
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from models.identity import imported_id
from models.patient import Patient
from models.role import Role
from ohms_graphql.database import Database, open_database
from ohms_graphql.fhir.importing import import_paths
from ohms_graphql.fhir.plan import Options
from resolvers.context import open_context
from resolvers.principal import Principal
from schema import build_schema
from tests.clinic import plain_ports
from tests.sent_commands import COMMAND_COUNTER

SYNTHEA = Path(__file__).parents[3] / "shared" / "data" / "synthea"
BUNDLES = sorted(SYNTHEA.glob("*.json.gz"))
SOURCE = "urn:ohms:fhir"

pytestmark = pytest.mark.skipif(not BUNDLES, reason="the bundles lie beside the repository, not in it")

COUNTS = """query ($id: ID!) { patient(id: $id) {
  name { text } mrn birthDate source
  conditions { id } allergies { id reactions { severity } } medications { id } immunizations { id }
  appointments(first: 200) { totalCount nodes { status start provider { name { text } } organization { name } source } }
  labResults(first: 200) { totalCount nodes { observations { id labReport { id } } } }
  observations: records(where: {kind: [OBSERVATION]}) { totalCount }
  procedures: records(where: {kind: [PROCEDURE]}) { totalCount }
  documents: records(where: {kind: [DOCUMENT]}) { totalCount }
  invoices(first: 200) { totalCount
    nodes { total { minorUnits } insurance { minorUnits } payments { amount { minorUnits } } lines { amount { minorUnits } } } }
  coverages { payer }
} }"""


@pytest.fixture
async def database(mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    async with open_database(mongodb_url, database_name, listeners=(COMMAND_COUNTER,)) as database:
        yield database


def _bundle(path: Path) -> list[dict[str, Any]]:
    entries = json.loads(gzip.decompress(path.read_bytes()))["entry"]
    return [entry["resource"] for entry in entries]


async def _read_back(patient_id: str) -> Any:
    from schema.node import global_id  # noqa: PLC0415

    caller = Principal(account_id="self", roles=frozenset({Role.PATIENT}), patient_id=patient_id)
    context = open_context(caller, plain_ports())
    result = await build_schema().execute(COUNTS, variable_values={"id": global_id("Patient", patient_id)}, context_value=context)
    assert result.errors is None
    assert result.data is not None
    return result.data["patient"]


async def test_each_patients_counts_are_those_of_the_bundle(database: Database) -> None:
    await import_paths([SYNTHEA], database, Options(source=SOURCE, time_zone="UTC"))
    assert await Patient.count() == len(BUNDLES) == 12
    for path in BUNDLES:
        resources = _bundle(path)
        there = Counter(resource["resourceType"] for resource in resources)
        person = next(resource for resource in resources if resource["resourceType"] == "Patient")
        patient = await _read_back(imported_id(SOURCE, "Patient", person["id"]))
        assert patient["source"] == person
        assert patient["birthDate"] == person["birthDate"]
        assert len(patient["conditions"]) == there["Condition"]
        assert len(patient["allergies"]) == there["AllergyIntolerance"]
        assert len(patient["medications"]) == there["MedicationRequest"]
        assert len(patient["immunizations"]) == there["Immunization"]
        assert patient["appointments"]["totalCount"] == there["Encounter"]
        assert {visit["status"] for visit in patient["appointments"]["nodes"]} == {"FULFILLED"}
        assert all(visit["provider"]["name"]["text"] for visit in patient["appointments"]["nodes"])
        assert patient["labResults"]["totalCount"] == there["DiagnosticReport"]
        linked = sum(len(resource.get("result", [])) for resource in resources if resource["resourceType"] == "DiagnosticReport")
        assert sum(len(found["observations"]) for found in patient["labResults"]["nodes"]) == linked
        assert patient["observations"]["totalCount"] == there["Observation"]
        assert patient["procedures"]["totalCount"] == there["Procedure"]
        assert patient["documents"]["totalCount"] == there["CarePlan"] + there["Goal"] + there["ImagingStudy"]
        assert patient["invoices"]["totalCount"] == there["Claim"]
        charged = sum(round(resource["total"]["value"] * 100) for resource in resources if resource["resourceType"] == "Claim")
        invoices = patient["invoices"]["nodes"]
        assert sum(invoice["total"]["minorUnits"] for invoice in invoices) == charged
        assert all(
            sum(line["amount"]["minorUnits"] for line in invoice["lines"]) == invoice["total"]["minorUnits"]
            for invoice in invoices
        )
