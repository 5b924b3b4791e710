"""What the use cases need from the audit trail, in our words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pymongo.asynchronous.client_session import AsyncClientSession

from resolvers.errors import ExpectedError

Row = dict[str, Any]
"""A stored entry (``models.audit_event.AuditEvent``) without id, previous and hash, which the chain gives it."""


class AuditUnavailable(ExpectedError):
    """The entry could not be stored, so the operation is not answered."""

    def __init__(self) -> None:
        super().__init__("The audit trail cannot be written, so this is not answered: try again later.", "AUDIT_UNAVAILABLE")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last sequence of a seal and its hash, kept outside of the database."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verification:
    """``broken_at`` is the sequence of the first entry that is not as it was written; None when ``intact``."""

    intact: bool
    checked: int
    broken_at: int | None = None


class AuditLog(Protocol):
    async def store(self, rows: Sequence[Row]) -> None:
        """Returns once the entries are stored. Raises AuditUnavailable when that is not sure."""
        ...

    async def store_within(self, rows: Sequence[Row], session: AsyncClientSession) -> None:
        """Stores the entries of a change in its transaction."""
        ...

    async def seal(self) -> None:
        """Gives every entry that is stored its sequence."""
        ...

    async def verify(self, first: int | None = None, last: int | None = None) -> Verification:
        """Checks the entries from ``first`` to ``last``, those of the ends included; the whole trail without them."""
        ...

    def admit_refusal(self, address: str, instant: datetime) -> int | None:
        """None when the refusal of a stranger is one too many to be listed; otherwise how many were not before it."""
        ...

    def pseudonym(self, address: str) -> str: ...
