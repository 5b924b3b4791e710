"""For each kind of entry, by which part of the input it is amended, and what is held against it then."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models.record import (
    Allergy,
    ClinicalNote,
    Condition,
    DocumentRecord,
    Immunization,
    LabReport,
    Medication,
    Observation,
    Procedure,
    Record,
)
from resolvers.complaints import Complaints
from resolvers.record_writing.record_allergy import check_allergy
from resolvers.record_writing.record_condition import check_condition
from resolvers.record_writing.record_immunization import check_immunization
from resolvers.record_writing.record_lab_report import check_lab_report
from resolvers.record_writing.record_medication import check_medication
from resolvers.record_writing.record_observation import check_observation
from resolvers.record_writing.record_procedure import check_procedure
from resolvers.record_writing.write_note import check_note

Check = Callable[[Complaints, Any, list[str], datetime], None]


def _check_document(complaints: Complaints, document: DocumentRecord, at: list[str], _instant: datetime) -> None:
    complaints.text([*at, "title"], document.title, required=True)


PARTS: dict[type[Record], tuple[str, Check]] = {
    Allergy: ("allergy", check_allergy),
    ClinicalNote: ("note", check_note),
    Condition: ("condition", check_condition),
    DocumentRecord: ("document", _check_document),
    Immunization: ("immunization", check_immunization),
    LabReport: ("labReport", check_lab_report),
    Medication: ("medication", check_medication),
    Observation: ("observation", check_observation),
    Procedure: ("procedure", check_procedure),
}
