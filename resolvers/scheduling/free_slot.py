"""A slot that can be booked."""

from dataclasses import dataclass
from datetime import datetime

from models.provider import Provider
from models.visit_type import VisitType


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """``[start, end)`` in UTC, without buffers. Computed, never stored: somebody may book it before the reader does."""

    provider: Provider
    visit_type: VisitType
    start: datetime
    end: datetime
