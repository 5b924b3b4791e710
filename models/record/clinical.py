"""Conditions, allergies, medications, immunizations and procedures."""

from datetime import datetime
from enum import StrEnum

from models.record.base import Record
from models.secret import SecretText
from models.value_object import ValueObject
from models.values import CodeableConcept, Coding, Period


class ConditionStatus(StrEnum):
    ACTIVE = "ACTIVE"
    RECURRENCE = "RECURRENCE"
    RELAPSE = "RELAPSE"
    INACTIVE = "INACTIVE"
    REMISSION = "REMISSION"
    RESOLVED = "RESOLVED"


class Condition(Record):
    """A problem or diagnosis. One with an abatement is never ACTIVE, RECURRENCE or RELAPSE (FHIR con-4)."""

    clinical_status: ConditionStatus
    onset_at: datetime | None = None
    abated_at: datetime | None = None
    severity: CodeableConcept | None = None


class AllergyStatus(StrEnum):
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    RESOLVED = "RESOLVED"


class AllergyCriticality(StrEnum):
    LOW = "LOW"
    HIGH = "HIGH"
    UNABLE_TO_ASSESS = "UNABLE_TO_ASSESS"


class AllergyCategory(StrEnum):
    FOOD = "FOOD"
    MEDICATION = "MEDICATION"
    ENVIRONMENT = "ENVIRONMENT"
    BIOLOGIC = "BIOLOGIC"


class ReactionSeverity(StrEnum):
    MILD = "MILD"
    MODERATE = "MODERATE"
    SEVERE = "SEVERE"


class Reaction(ValueObject):
    """How an allergy showed itself. Severity belongs here, criticality to the allergy."""

    manifestations: list[CodeableConcept]
    severity: ReactionSeverity | None = None
    onset_at: datetime | None = None


class Allergy(Record):
    """An allergy or intolerance; "no known allergies" is one too, coded SNOMED CT 716186003."""

    clinical_status: AllergyStatus
    criticality: AllergyCriticality | None = None
    categories: list[AllergyCategory] = []
    reactions: list[Reaction] = []
    onset_at: datetime | None = None


class MedicationStatus(StrEnum):
    """FHIR MedicationRequest.status."""

    ACTIVE = "ACTIVE"
    ON_HOLD = "ON_HOLD"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"
    STOPPED = "STOPPED"
    DRAFT = "DRAFT"
    UNKNOWN = "UNKNOWN"


class Dosage(SecretText):
    place = "records.dosage"


class LotNumber(SecretText):
    place = "records.lot_number"


class AllergyReason(SecretText):
    place = "records.acknowledged_allergies.reason"


class AcknowledgedAllergy(ValueObject):
    """Why a medication was prescribed against an allergy. ``allergy_id`` None: of one that the prescriber may not see."""

    allergy_id: str | None = None
    by_id: str
    at: datetime
    reason: AllergyReason


class Medication(Record):
    """A prescription. ``code`` is the medication, ``ingredients`` what is in it (RxNorm)."""

    request_status: MedicationStatus
    dosage: Dosage | None = None
    reasons: list[CodeableConcept] = []
    ingredients: list[Coding] = []
    acknowledged_allergies: list[AcknowledgedAllergy] = []


class Immunization(Record):
    """A vaccination given (``given`` true) or not. ``code`` is the vaccine (CVX)."""

    given: bool = True
    lot_number: LotNumber | None = None


class Procedure(Record):
    performed: Period = Period()
    reasons: list[CodeableConcept] = []
