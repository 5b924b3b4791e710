"""When a video visit is open: from 15 minutes before its start until an hour after its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.appointment import Appointment, AppointmentStatus
from models.visit_type import VisitMode
from resolvers.user_errors import InvalidInput, Rejected

BEFORE_THE_START = timedelta(minutes=15)
AFTER_THE_END = timedelta(minutes=60)
JOINABLE = frozenset({AppointmentStatus.BOOKED, AppointmentStatus.CHECKED_IN, AppointmentStatus.ARRIVED})


@dataclass(frozen=True, slots=True)
class Opening:
    """``[opens_at, closes_at)``; ``joinable`` says whether the visit's status lets anybody in."""

    opens_at: datetime
    closes_at: datetime
    joinable: bool

    def is_open(self, instant: datetime) -> bool:
        return self.joinable and self.opens_at <= instant < self.closes_at


def opening_of(visit: Appointment) -> Opening | None:
    """None for what is not held by video, or has no time yet."""
    if visit.mode is not VisitMode.VIDEO or visit.start is None:
        return None
    closes_at = (visit.end or visit.start) + AFTER_THE_END
    return Opening(visit.start - BEFORE_THE_START, closes_at, visit.status in JOINABLE)


def must_be_open(visit: Appointment, instant: datetime, path: list[str]) -> Opening:
    """Raises Rejected with InvalidInput: NOT_BY_VIDEO, NOT_JOINABLE for its status, TOO_EARLY (names the opening), TOO_LATE."""
    opening = opening_of(visit)
    if opening is None:
        raise Rejected(InvalidInput(message="This visit is not held by video.", code="NOT_BY_VIDEO", path=path))
    if not opening.joinable:
        raise Rejected(InvalidInput(message=f"A visit that is {visit.status} is not open.", code="NOT_JOINABLE", path=path))
    if instant < opening.opens_at:
        message = f"The visit opens at {_told(opening.opens_at)}."
        raise Rejected(InvalidInput(message=message, code="TOO_EARLY", path=path))
    if instant >= opening.closes_at:
        message = f"The visit was open until {_told(opening.closes_at)}."
        raise Rejected(InvalidInput(message=message, code="TOO_LATE", path=path))
    return opening


def _told(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
