"""What every entry of the clinical record has."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument, now
from models.confidentiality import Confidentiality
from models.sampled import SampledDocument
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


class Release(ValueObject):
    """When the record reached the patient. Released at once unless a hold stands."""

    at: datetime | None = None
    hold: ReleaseHold | None = None

    def released(self, instant: datetime) -> bool:
        return self.hold is None or self.hold.until <= instant


class Record(SampledDocument):
    """One entry. ``_class_id`` in the database tells which kind; ``version`` counts from 1."""

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
            IndexModel([("author_id", ASCENDING), ("effective_at", ASCENDING)], name="by_author"),
            IndexModel([("lab_report_id", ASCENDING), ("position", ASCENDING)], name="by_lab_report"),
            IndexModel([("code.codings.code", ASCENDING), ("patient_id", ASCENDING)], name="by_code"),
            IndexModel([("_class_id", ASCENDING), ("effective_at", ASCENDING), ("_id", ASCENDING)], name="by_kind"),
            IndexModel([("effective_at", ASCENDING), ("_id", ASCENDING)], name="by_effective_time"),
            IndexModel([("recorded_at", ASCENDING), ("_id", ASCENDING)], name="by_recording"),
            IndexModel([("status", ASCENDING), ("effective_at", ASCENDING)], name="by_status"),
            IndexModel([("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_sample"),
            IndexModel([("patient_id", ASCENDING), ("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_patient_and_sample"),
            IndexModel([("appointment_id", ASCENDING), ("sample_key", ASCENDING)], name="by_appointment_and_sample"),
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
        ]
