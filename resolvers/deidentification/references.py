"""Pseudonyms in the place of ids, and back."""

from dataclasses import dataclass
from typing import Any

from models.appointment import Appointment
from models.base import StoredDocument
from models.coverage import Coverage
from models.invoice import Invoice, Payment
from models.patient import Patient
from models.record import Record
from resolvers.ports import Pseudonyms

Filter = dict[str, Any]

SAMPLED: tuple[type[StoredDocument], ...] = (Patient, Appointment, Invoice, Payment, Coverage, Record)
"""What analysts read de-identified; kinds of records count as Record."""

REFERENCES: dict[str, str] = {
    "patient_id": "Patient",
    "appointment_id": "Appointment",
    "invoice_id": "Invoice",
    "credits_invoice_id": "Invoice",
    "coverage_id": "Coverage",
    "lab_report_id": "Record",
    "record_id": "Record",
}
"""Fields that refer to them, and what each refers to."""

# An id that no document has: what was given stands for nothing.
_NOBODY = ""


def kind_of(document: type[StoredDocument]) -> str | None:
    """The name that pseudonyms of a document are made under; None for what keeps its ids (the directory)."""
    return next((root.__name__ for root in SAMPLED if issubclass(document, root)), None)


@dataclass(frozen=True, slots=True)
class References:
    pseudonyms: Pseudonyms

    def hidden(self, field: str, value: str | None) -> str | None:
        """The pseudonym for what ``field`` refers to."""
        return None if value is None else self.pseudonyms.hide(REFERENCES[field], value)

    def revealed(self, field: str, pseudonym: str) -> str:
        """The id behind a value of ``field``; "" for what was not made here. References to the directory stay as they are."""
        kind = REFERENCES.get(field)
        return pseudonym if kind is None else self.pseudonyms.reveal(kind, pseudonym) or _NOBODY

    def stored(self, document: type[StoredDocument], within: Filter) -> Filter:
        """A caller's filter with ids in the place of pseudonyms. An id that is no pseudonym finds nothing."""
        return {name: self._stored(document, name, value) for name, value in within.items()}

    def _stored(self, document: type[StoredDocument], name: str, value: Any) -> Any:
        if name in ("$and", "$or", "$nor"):
            return [self.stored(document, part) for part in value]
        kind = kind_of(document) if name == "_id" else REFERENCES.get(name)
        if kind is None:
            return value
        match value:
            case None:
                return None
            case str():
                return self.pseudonyms.reveal(kind, value) or _NOBODY
            case {"$in": list() as given, **rest} if not rest:
                found = [self.pseudonyms.reveal(kind, one) for one in given]
                return {"$in": [one for one in found if one is not None]}
            case _:
                raise TypeError(f"analysts do not filter {name} like this")
