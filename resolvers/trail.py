"""What one operation saw and changed, gathered for the audit trail."""

from collections.abc import Sequence

from models.base import StoredDocument


class Trail:
    """Lives as long as one operation."""

    def __init__(self) -> None:
        self.seen: list[StoredDocument] = []

    def saw(self, documents: Sequence[StoredDocument]) -> None:
        """Notes rows that the caller gets."""
        self.seen.extend(documents)
