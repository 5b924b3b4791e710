"""A patient at the card processor."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.secret import SecretText
from models.value_object import ValueObject


class KeptCardLabel(SecretText):
    """Brand and last four digits."""

    place = "billing_accounts.cards.label"


class KeptCard(ValueObject):
    """A card that the patient agreed to keep for later. Its number is the processor's alone; ``id`` is the processor's, too."""

    id: str
    label: KeptCardLabel
    expires: str
    """Year and month, such as 2028-04."""
    consented_at: datetime


class BillingAccount(StoredDocument):
    """``customer_id`` is the processor's. The id is made of the patient's, so that there is one at most."""

    patient_id: str
    customer_id: str
    cards: list[KeptCard] = []

    class Settings(StoredDocument.Settings):
        name = "billing_accounts"
        indexes = [
            IndexModel([("patient_id", ASCENDING)], name="by_patient"),
            IndexModel([("customer_id", ASCENDING)], unique=True, name="customer_unique"),
        ]


def billing_account_id(patient_id: str) -> str:
    return f"billing-{patient_id}"
