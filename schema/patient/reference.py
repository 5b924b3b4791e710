"""How other nodes lead to their patient."""

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.patient import Patient as PatientDocument
from schema.node import existing
from schema.relation import by, related

if TYPE_CHECKING:
    from schema.patient.types import Patient


@cache
def _type() -> "type[Patient]":
    from schema.patient.types import Patient

    return Patient


def _patient(found: PatientDocument | None) -> "Patient":
    return _type().from_document(existing(found))


def patient_field(description: str) -> Any:
    """The patient that a node's document names in ``patient_id``."""
    return related(
        Annotated["Patient", strawberry.lazy("schema.patient.types")],
        by("patient_id", lambda loaders: loaders.patients, _patient),
        description=description,
    )
