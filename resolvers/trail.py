"""What one operation saw and changed, gathered for the audit trail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from models.base import StoredDocument


@dataclass(frozen=True, slots=True)
class Change:
    """A document that was written: its class's name and id, whose it is (None for accounts and settings), and which fields."""

    document: str
    document_id: str
    patient_id: str | None
    fields: tuple[str, ...]


class Trail:
    """Lives as long as one operation; of a subscription, as long as one event.

    ``actor_id`` is who is acting although nobody is signed in: somebody who signs in, say. ``succeeded`` is true for a mutation
    that did what it should, also where this left nothing to change. ``shared`` are entries, but for who is acting, of an answer
    that was made for several readers at once.
    """

    def __init__(self) -> None:
        self.seen: list[StoredDocument] = []
        self.missed: list[tuple[type[StoredDocument], Sequence[str]]] = []
        self.counts: list[tuple[type[StoredDocument], Sequence[str]]] = []
        self.changes: list[Change] = []
        self.shared: Sequence[dict[str, Any]] = ()
        self.actor_id: str | None = None
        self.succeeded = False

    def saw(self, documents: Sequence[StoredDocument]) -> None:
        """Notes rows that the caller gets."""
        self.seen.extend(documents)

    def asked_in_vain(self, document: type[StoredDocument], ids: Sequence[str]) -> None:
        """Notes ids that the caller named and did not get: not there, or not theirs to see."""
        if ids:
            self.missed.append((document, ids))

    def counted(self, document: type[StoredDocument], patient_ids: Iterable[str] = ()) -> None:
        """Notes that the caller learns how many there are: of some patients, or over all."""
        self.counts.append((document, list(patient_ids)))

    def changed(self, document: str, document_id: str, patient_id: str | None, fields: Sequence[str]) -> None:
        """Notes a write. Called within the transaction (``resolvers.transactions.transact``) that does it."""
        self.changes.append(Change(document, document_id, patient_id, tuple(fields)))

    def begin(self) -> None:
        """Forgets the changes of an attempt that was rolled back."""
        self.changes.clear()

    def committed(self) -> None:
        """The changes are stored, and so are their entries."""
        self.changes.clear()
        self.succeeded = True

    def clear(self) -> None:
        """After what was noted is stored: the next event of a subscription begins anew."""
        self.__init__()  # type: ignore[misc]  # the one place that knows all attributes
