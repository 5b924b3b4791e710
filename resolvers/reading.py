"""Which fields of the documents an operation needs: the others are neither read nor decoded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.base import StoredDocument
from models.record import Record

_ALWAYS: Final = frozenset({"id", "patient_id"})
"""What the audit trail writes down of each row."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``fields``: by the name of a collection's root class, those of its model. A class that is not there is read whole."""

    fields: Mapping[str, frozenset[str]]

    def of(self, document: type[StoredDocument], needed: frozenset[str]) -> frozenset[str] | None:
        """With those that the reader itself needs; None for a document that is read whole."""
        root = Record if issubclass(document, Record) else document
        shown = self.fields.get(root.__name__)
        if shown is None:
            return None
        always = _ALWAYS if "patient_id" in root.model_fields else _ALWAYS - {"patient_id"}
        return shown | always | needed
