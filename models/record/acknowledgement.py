"""That somebody has seen a critical value and taken it in hand."""

from datetime import datetime

from models.secret import SecretText
from models.value_object import ValueObject


class AcknowledgementNote(SecretText):
    place = "records.acknowledgement.note"


class Acknowledgement(ValueObject):
    """``by_id`` is a provider; ``note`` says what was done about the value."""

    by_id: str
    at: datetime
    note: AcknowledgementNote
