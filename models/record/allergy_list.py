"""What makes writes that hang on a patient's allergies exclude each other."""

from models.base import StoredDocument


class AllergyList(StoredDocument):
    """Its id is the patient's. Raised in every transaction that writes an allergy or checks a medication against them.

    Without it, "no known allergies" and an allergy could be recorded at the same time, neither transaction seeing the other.
    """

    writes: int = 0

    class Settings(StoredDocument.Settings):
        name = "allergy_lists"
