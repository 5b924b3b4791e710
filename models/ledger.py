"""The books: an append-only double-entry ledger."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.confidentiality import Confidentiality
from models.sampled import SampledDocument
from models.value_object import ValueObject


class LedgerAccount(StrEnum):
    """A posting above zero is a debit of the account, one below zero a credit."""

    PATIENT_RECEIVABLE = "PATIENT_RECEIVABLE"
    INSURANCE_RECEIVABLE = "INSURANCE_RECEIVABLE"
    CASH = "CASH"
    REVENUE = "REVENUE"
    TAX = "TAX"
    ADJUSTMENTS = "ADJUSTMENTS"
    REFUNDS = "REFUNDS"
    """Refunds that were asked for and have not gone out yet."""
    CREDITS = "CREDITS"
    """What patients have paid beyond what they owe."""
    DISPUTES = "DISPUTES"
    """What card holders' banks have taken back until a dispute is decided."""


class LedgerCause(StrEnum):
    ISSUED = "ISSUED"
    CREDIT_NOTE = "CREDIT_NOTE"
    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    DISPUTE = "DISPUTE"
    CREDIT_USED = "CREDIT_USED"
    IMPORTED = "IMPORTED"


class Posting(ValueObject):
    """``minor_units`` of the entry's currency, for one invoice."""

    account: LedgerAccount
    invoice_id: str
    minor_units: int


class LedgerEntry(SampledDocument):
    """Postings that sum to zero: the database refuses others (``LEDGER_VALIDATOR``). Never changed after it is written.

    The id is the invoice's with a running number: of two processes that would write an invoice's next entry, one does.
    """

    cause: LedgerCause
    at: datetime
    patient_id: str
    invoice_id: str
    payment_id: str | None = None
    currency: str
    postings: list[Posting]
    confidentiality: Confidentiality = Confidentiality.NORMAL

    class Settings(StoredDocument.Settings):
        name = "ledger_entries"
        indexes = [
            IndexModel([("postings.invoice_id", ASCENDING)], name="by_posting"),
            IndexModel([("invoice_id", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)], name="by_invoice"),
            IndexModel([("patient_id", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)], name="by_patient"),
            IndexModel([("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_sample"),
            IndexModel([("patient_id", ASCENDING), ("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_patient_and_sample"),
        ]


def entry_id(invoice_id: str, number: int) -> str:
    return f"{invoice_id}:{number:06d}"


LEDGER_VALIDATOR = {
    "$expr": {"$and": [{"$gt": [{"$size": "$postings"}, 0]}, {"$eq": [{"$sum": "$postings.minor_units"}, 0]}]},
}
"""What MongoDB asks of each entry, whoever writes it."""
