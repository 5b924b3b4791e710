"""Resources together, and as files."""

import gzip
import json
from pathlib import Path

from tests.ohms_graphql.fhir.sample.bills import benefit, claim
from tests.ohms_graphql.fhir.sample.resources import (
    ANN,
    DOC,
    LOINC,
    Resource,
    allergy,
    care_plan,
    concept,
    condition,
    encounter,
    immunization,
    medication_request,
    observation,
    organization,
    patient,
    practitioner,
    procedure,
    report,
    to,
)


def everything() -> list[Resource]:
    """One of each kind, the later ones referring to the earlier ones and the other way round."""
    return [
        report(),
        observation(),
        observation(id="glucose", code=concept("2345-7", "Glucose", LOINC)),
        medication_request(),
        {"resourceType": "Medication", "id": "met500", "code": concept("860975", "Metformin 500 MG", "rxnorm")},
        {"resourceType": "Location", "id": "room", "name": "Room 1", "managingOrganization": to("Organization/clinic")},
        benefit(),
        claim(),
        condition(),
        allergy(),
        immunization(),
        procedure(),
        care_plan(),
        encounter(),
        patient(),
        {
            "resourceType": "PractitionerRole",
            "id": "role",
            "practitioner": DOC,
            "organization": to("Organization/clinic"),
            "specialty": [concept("419772000", "Family practice")],
        },
        practitioner(),
        organization(),
        {"resourceType": "Coverage", "id": "own", "status": "active", "beneficiary": ANN, "payor": [to("Organization/clinic")]},
        {
            "resourceType": "CareTeam",
            "id": "team",
            "status": "active",
            "subject": ANN,
            "participant": [{"role": [{"text": "Coach"}], "member": to("Practitioner/coach")}],
        },
        practitioner(id="coach", identifier=[{"value": "200"}], name=[{"family": "Coe", "given": ["Cy"]}]),
    ]


def base() -> list[Resource]:
    """Whom and what the clinical resources refer to."""
    return [organization(), practitioner(), patient(), encounter()]


def bundle(*resources: Resource) -> Resource:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource} for resource in resources]}


def put(path: Path, *resources: Resource) -> Path:
    """A bundle as a file, gzipped if its name says so."""
    return put_text(path, json.dumps(bundle(*resources)))


def put_lines(path: Path, *resources: Resource) -> Path:
    return put_text(path, "".join(f"{json.dumps(resource)}\n" for resource in resources))


def put_text(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.name.endswith(".gz") else data)
    return path
