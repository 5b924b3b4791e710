"""The clinical record: one collection, one class for each kind of entry."""

from models.confidentiality import Confidentiality
from models.record.acknowledgement import Acknowledgement, AcknowledgementNote
from models.record.allergy_list import AllergyList
from models.record.base import (
    EVER,
    Record,
    RecordChange,
    RecordStatus,
    RecordVersion,
    Release,
    ReleaseHold,
    ReleaseHoldReason,
)
from models.record.clinical import (
    AcknowledgedAllergy,
    Allergy,
    AllergyCategory,
    AllergyCriticality,
    AllergyReason,
    AllergyStatus,
    Condition,
    ConditionStatus,
    Immunization,
    Medication,
    MedicationStatus,
    Procedure,
    Reaction,
    ReactionSeverity,
)
from models.record.documents import ClinicalNote, DocumentRecord
from models.record.results import (
    CRITICAL,
    Interpretation,
    LabReport,
    Observation,
    ObservationComponent,
    ObservationValue,
    ReferenceRange,
)

RECORD_KINDS: tuple[type[Record], ...] = (
    ClinicalNote,
    LabReport,
    Observation,
    Condition,
    Allergy,
    Medication,
    Immunization,
    Procedure,
    DocumentRecord,
)

__all__ = [
    "CRITICAL",
    "EVER",
    "RECORD_KINDS",
    "AcknowledgedAllergy",
    "Acknowledgement",
    "AcknowledgementNote",
    "Allergy",
    "AllergyCategory",
    "AllergyCriticality",
    "AllergyList",
    "AllergyReason",
    "AllergyStatus",
    "ClinicalNote",
    "Condition",
    "ConditionStatus",
    "Confidentiality",
    "DocumentRecord",
    "Immunization",
    "Interpretation",
    "LabReport",
    "Medication",
    "MedicationStatus",
    "Observation",
    "ObservationComponent",
    "ObservationValue",
    "Procedure",
    "Reaction",
    "ReactionSeverity",
    "Record",
    "RecordChange",
    "RecordStatus",
    "RecordVersion",
    "ReferenceRange",
    "Release",
    "ReleaseHold",
    "ReleaseHoldReason",
]
