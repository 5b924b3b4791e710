"""What every entry of the clinical record has."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument, now
from models.confidentiality import Confidentiality
from models.sampled import SampledDocument
from models.secret import SecretJson, SecretText
from models.source import Source
from models.value_object import ValueObject
from models.values import CodeableConcept


class RecordStatus(StrEnum):
    REGISTERED = "REGISTERED"
    PRELIMINARY = "PRELIMINARY"
    FINAL = "FINAL"
    AMENDED = "AMENDED"
    CORRECTED = "CORRECTED"
    CANCELLED = "CANCELLED"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"


class ReleaseHoldReason(StrEnum):
    RISK_OF_HARM = "RISK_OF_HARM"
    PATIENT_REQUEST = "PATIENT_REQUEST"
    STATE_LAW = "STATE_LAW"


class ReleaseHold(ValueObject):
    """Keeps a record from the patient until ``until``; it ends by itself (21st Century Cures Act, 45 CFR 171)."""

    reason: ReleaseHoldReason
    until: datetime
    by_id: str


EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything that is compared with it: ``{"$gt": EVER}`` is "there is one", in the words that a partial index asks for."""


class Release(ValueObject):
    """When the record reached the patient, as they were told (``resolvers.release``). Released at once unless a hold stands."""

    at: datetime | None = None
    hold: ReleaseHold | None = None

    def released(self, instant: datetime) -> bool:
        return self.hold is None or self.hold.until <= instant


class ChangeReason(SecretText):
    place = "records.change.reason"


class RecordChange(ValueObject):
    """Who made this version out of the one before, and why. Of signing there is no reason."""

    by_account_id: str | None = None
    by_provider_id: str | None = None
    reason: ChangeReason | None = None


class RecordSource(SecretJson):
    place = "records.source.content"


class Record(SampledDocument):
    """One entry. ``_class_id`` in the database tells which kind; ``version`` counts from 1.

    ``version_at`` is when this version was written, ``recorded_at`` where that is not known (``since``).
    """

    status: RecordStatus = RecordStatus.FINAL
    code: CodeableConcept
    patient_id: str
    author_id: str | None = None
    appointment_id: str | None = None
    effective_at: datetime | None = None
    recorded_at: datetime = Field(default_factory=now)
    confidentiality: Confidentiality = Confidentiality.NORMAL
    release: Release = Release()
    version: int = 1
    version_at: datetime | None = None
    change: RecordChange | None = None
    signed_at: datetime | None = None
    signed_by_id: str | None = None
    source: Source[RecordSource] | None = None

    @property
    def since(self) -> datetime:
        """From when on the record said what this version says."""
        return self.version_at or self.recorded_at

    class Settings(StoredDocument.Settings):
        name = "records"
        is_root = True
        indexes = [
            IndexModel(
                [
                    ("patient_id", ASCENDING),
                    ("_class_id", ASCENDING),
                    ("effective_at", ASCENDING),
                    ("_id", ASCENDING),
                ],
                name="by_patient_and_kind",
            ),
            IndexModel(
                [("patient_id", ASCENDING), ("effective_at", ASCENDING), ("_id", ASCENDING)],
                name="by_patient",
            ),
            IndexModel(
                [("patient_id", ASCENDING), ("recorded_at", ASCENDING), ("_id", ASCENDING)],
                name="by_patient_and_recording",
            ),
            IndexModel(
                [("appointment_id", ASCENDING), ("effective_at", ASCENDING), ("_id", ASCENDING)],
                name="by_appointment",
            ),
            IndexModel([("author_id", ASCENDING), ("effective_at", ASCENDING), ("_id", ASCENDING)], name="by_author_in_order"),
            IndexModel([("lab_report_id", ASCENDING), ("position", ASCENDING)], name="by_lab_report"),
            IndexModel(
                [("code.codings.code", ASCENDING), ("patient_id", ASCENDING), ("effective_at", ASCENDING), ("_id", ASCENDING)],
                name="by_code_and_patient",
            ),
            IndexModel(
                [("code.codings.code", ASCENDING), ("effective_at", ASCENDING), ("_id", ASCENDING)], name="by_code_in_order"
            ),
            IndexModel([("_class_id", ASCENDING), ("effective_at", ASCENDING), ("_id", ASCENDING)], name="by_kind"),
            IndexModel([("effective_at", ASCENDING), ("_id", ASCENDING)], name="by_effective_time"),
            IndexModel([("recorded_at", ASCENDING), ("_id", ASCENDING)], name="by_recording"),
            IndexModel([("status", ASCENDING), ("effective_at", ASCENDING), ("_id", ASCENDING)], name="by_status_in_order"),
            IndexModel(
                [("file.file_id", ASCENDING)], name="by_file", partialFilterExpression={"file.file_id": {"$exists": True}}
            ),
            IndexModel(
                [("coverage_id", ASCENDING), ("_id", ASCENDING)],
                partialFilterExpression={"coverage_id": {"$type": "string"}},
                name="by_coverage",
            ),
            IndexModel([("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_sample"),
            IndexModel([("patient_id", ASCENDING), ("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_patient_and_sample"),
            IndexModel([("appointment_id", ASCENDING), ("sample_key", ASCENDING)], name="by_appointment_and_sample"),
            IndexModel(
                # The last field tells it from by_patient_and_recording: of two with the same fields Beanie builds one.
                [("patient_id", ASCENDING), ("recorded_at", ASCENDING), ("_id", ASCENDING), ("effective_at", ASCENDING)],
                partialFilterExpression={"effective_at": None},
                name="by_patient_undated_in_order",
            ),
            IndexModel(
                [("patient_id", ASCENDING), ("release.at", ASCENDING), ("_id", ASCENDING)],
                partialFilterExpression={"release.at": {"$gt": EVER}},
                name="by_patient_and_release",
            ),
            # Holds whose end nobody was told of yet come first in it.
            IndexModel(
                [("release.at", ASCENDING), ("release.hold.until", ASCENDING)],
                partialFilterExpression={"release.hold.until": {"$gt": EVER}},
                name="by_end_of_hold",
            ),
            # Critical values that nobody acknowledged: few, however long the record grows.
            IndexModel(
                [("author_id", ASCENDING), ("recorded_at", ASCENDING), ("_id", ASCENDING)],
                partialFilterExpression={"critical": True, "acknowledgement": None},
                name="by_author_critical",
            ),
        ]


class RecordVersion(StoredDocument):
    """An earlier version of a record, kept as it was stored: nothing in the record is ever overwritten."""

    record_id: str
    patient_id: str
    version: int
    document: dict[str, Any]

    class Settings(StoredDocument.Settings):
        name = "record_versions"
        indexes = [
            IndexModel([("record_id", ASCENDING), ("version", ASCENDING)], unique=True, name="version_unique"),
            IndexModel(
                [("document.file.file_id", ASCENDING)],
                name="by_file",
                partialFilterExpression={"document.file.file_id": {"$exists": True}},
            ),
            IndexModel([("patient_id", ASCENDING)], name="by_patient"),
        ]
