"""What one operation saw and changed, gathered for the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.base import StoredDocument


@dataclass(frozen=True, slots=True)
class Change:
    """A document that was written: its class's name and id, whose it is (None for accounts and settings), and which fields."""

    document: str
    document_id: str
    patient_id: str | None
    fields: tuple[str, ...]


class Trail:
    """Lives as long as one operation."""

    def __init__(self) -> None:
        self.seen: list[StoredDocument] = []
        self.changes: list[Change] = []

    def saw(self, documents: Sequence[StoredDocument]) -> None:
        """Notes rows that the caller gets."""
        self.seen.extend(documents)

    def changed(self, document: str, document_id: str, patient_id: str | None, fields: Sequence[str]) -> None:
        """Notes a write. Called within the transaction (``resolvers.transactions.transact``) that does it."""
        self.changes.append(Change(document, document_id, patient_id, tuple(fields)))

    def begin(self) -> None:
        """Forgets the changes of an attempt that was rolled back."""
        self.changes.clear()
