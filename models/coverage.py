"""Coverage by an insurer, and the answers to asking whether it holds."""

from datetime import datetime
from enum import StrEnum

from beanie.odm.custom_types import DecimalAnnotation
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import StoredDocument
from models.confidentiality import Confidentiality
from models.money import Money
from models.sampled import SampledDocument
from models.secret import SecretDate, SecretJson, SecretText
from models.source import Source
from models.value_object import ValueObject
from models.values import AdministrativeGender, Period


class CoverageStatus(StrEnum):
    ACTIVE = "ACTIVE"
    CANCELLED = "CANCELLED"
    DRAFT = "DRAFT"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"


class CoverageOrder(StrEnum):
    PRIMARY = "PRIMARY"
    SECONDARY = "SECONDARY"
    TERTIARY = "TERTIARY"


class SubscriberRelationship(StrEnum):
    SELF = "SELF"
    SPOUSE = "SPOUSE"
    CHILD = "CHILD"
    OTHER = "OTHER"


class MemberId(SecretText):
    place = "coverages.member_id"
    searchable = True


class GroupNumber(SecretText):
    place = "coverages.group_number"


class Subscriber(SecretText):
    place = "coverages.subscriber"


class SubscriberBirthDate(SecretDate):
    place = "coverages.subscriber_birth_date"


class PlanName(SecretText):
    place = "coverages.plan_name"


class CoverageSource(SecretJson):
    place = "coverages.source.content"


class PayerMessage(SecretText):
    place = "eligibility_checks.message"


class PayerReference(SecretText):
    place = "eligibility_checks.reference"


class Coverage(SampledDocument):
    """A patient's insurance. The subscriber may be someone else. Member ids are protected health information.

    The subscriber's birth date and gender are what a payer knows them by; needed where the subscriber is not the patient.
    """

    status: CoverageStatus
    order: CoverageOrder = CoverageOrder.PRIMARY
    patient_id: str
    payer: str
    plan_name: PlanName | None = None
    member_id: MemberId | None = None
    group_number: GroupNumber | None = None
    subscriber: Subscriber | None = None
    subscriber_birth_date: SubscriberBirthDate | None = None
    subscriber_gender: AdministrativeGender | None = None
    relationship: SubscriberRelationship = SubscriberRelationship.SELF
    period: Period = Period()
    source: Source[CoverageSource] | None = None

    class Settings(StoredDocument.Settings):
        name = "coverages"
        indexes = [
            IndexModel([("patient_id", ASCENDING), ("order", ASCENDING), ("_id", ASCENDING)], name="by_patient"),
            IndexModel([("member_id", ASCENDING)], name="by_member_id"),
            IndexModel([("payer", ASCENDING), ("_id", ASCENDING)], name="by_payer"),
            IndexModel([("status", ASCENDING), ("payer", ASCENDING), ("_id", ASCENDING)], name="by_status"),
            IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="by_creation"),
            IndexModel([("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_sample"),
        ]


class CoverageBook(StoredDocument):
    """Counts, under the patient's id, what is written about the coverages of one patient.

    Who changes something that hangs on several of them writes here first: of two at once, one waits or is run again.
    """

    writes: int = 0

    class Settings(StoredDocument.Settings):
        name = "coverage_books"


class EligibilityOutcome(StrEnum):
    """Of the asking, not of the coverage."""

    COMPLETE = "COMPLETE"
    ERROR = "ERROR"
    PARTIAL = "PARTIAL"
    QUEUED = "QUEUED"


class EligibilitySource(StrEnum):
    PAYER = "PAYER"
    STAFF = "STAFF"


class Network(StrEnum):
    """Whether a benefit holds with providers who have a contract with the payer (X12 EB12)."""

    IN = "IN"
    OUT = "OUT"
    ANY = "ANY"


class Benefits(ValueObject):
    """What the patient pays. None is not known, which is not zero."""

    deductible: Money | None = None
    deductible_remaining: Money | None = None
    copay: Money | None = None
    coinsurance_percent: DecimalAnnotation | None = None
    out_of_pocket_maximum: Money | None = None
    out_of_pocket_remaining: Money | None = None


class BenefitRow(ValueObject):
    """The benefits for one X12 service type in one network. ``covered`` is None where the payer says nothing of it."""

    service_type: str
    network: Network = Network.ANY
    covered: bool | None = None
    benefits: Benefits = Benefits()


class EligibilityCheck(StoredDocument):
    """One asking and its answer. ``in_force`` is None when there was no answer: that is not "not covered".

    ``benefits`` are those of ``service_type`` in the clinic's network; ``benefit_rows`` all that the payer said. ``reference`` is
    the payer's number of the answer, or what staff were given on the phone.
    """

    coverage_id: str
    patient_id: str
    outcome: EligibilityOutcome
    in_force: bool | None = None
    answered_by: EligibilitySource
    service_type: str = "30"
    checked_at: datetime
    checked_by_id: str | None = None
    benefits: Benefits | None = None
    benefit_rows: list[BenefitRow] = []
    message: PayerMessage | None = None
    reference: PayerReference | None = None
    confidentiality: Confidentiality = Confidentiality.NORMAL

    class Settings(StoredDocument.Settings):
        name = "eligibility_checks"
        indexes = [
            IndexModel([("coverage_id", ASCENDING), ("checked_at", DESCENDING)], name="by_coverage"),
            IndexModel([("patient_id", ASCENDING)], name="by_patient"),
        ]
