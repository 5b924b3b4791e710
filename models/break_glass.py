"""Emergency access: who opened whose record, and what the review found."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.purpose_of_use import PurposeOfUse
from models.secret import SecretText
from models.value_object import ValueObject


class ReviewFinding(StrEnum):
    JUSTIFIED = "JUSTIFIED"
    UNJUSTIFIED = "UNJUSTIFIED"


class ReviewNote(SecretText):
    place = "break_glass_grants.review.note"


class GlassReason(SecretText):
    place = "break_glass_grants.reason"


class BreakGlassReview(ValueObject):
    """``by_id`` is the account of the administrator."""

    by_id: str
    at: datetime
    finding: ReviewFinding
    note: ReviewNote


class BreakGlassGrant(StoredDocument):
    """A provider's right to one patient's record in ``[granted_at, expires_at)``.

    ``open_slot`` is ``provider:patient`` while the grant may be open and unique then: one open grant of a provider for a patient.
    It is taken off when the next one is asked for after the end.
    """

    account_id: str
    provider_id: str
    patient_id: str
    purpose: PurposeOfUse
    reason: GlassReason
    granted_at: datetime
    expires_at: datetime
    review_due_at: datetime
    review: BreakGlassReview | None = None
    open_slot: str | None = None

    class Settings(StoredDocument.Settings):
        name = "break_glass_grants"
        indexes = [
            IndexModel(
                [("open_slot", ASCENDING)],
                unique=True,
                partialFilterExpression={"open_slot": {"$type": "string"}},
                name="open_slot_unique",
            ),
            IndexModel([("granted_at", ASCENDING), ("_id", ASCENDING)], name="by_grant"),
            IndexModel([("review_due_at", ASCENDING), ("_id", ASCENDING)], name="by_due_review"),
            IndexModel([("review.at", ASCENDING), ("granted_at", ASCENDING), ("_id", ASCENDING)], name="by_review"),
            IndexModel([("provider_id", ASCENDING), ("granted_at", ASCENDING), ("_id", ASCENDING)], name="by_provider"),
            IndexModel([("account_id", ASCENDING), ("granted_at", ASCENDING), ("_id", ASCENDING)], name="by_account"),
            IndexModel([("account_id", ASCENDING), ("expires_at", ASCENDING)], name="by_account_and_end"),
            IndexModel([("patient_id", ASCENDING), ("granted_at", ASCENDING)], name="by_patient"),
        ]
