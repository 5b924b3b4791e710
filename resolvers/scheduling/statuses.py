"""Along which edges the status of a visit moves (FHIR R4's AppointmentStatus, and what a front desk does)."""

from models.appointment import AppointmentStatus as Status

ENDS = frozenset({Status.FULFILLED, Status.CANCELLED, Status.NO_SHOW, Status.ENTERED_IN_ERROR})
"""Nothing comes after these: a visit that was called off is booked anew (``reinstateAppointment``)."""

_EDGES: dict[Status, frozenset[Status]] = {
    Status.PROPOSED: frozenset({Status.PENDING, Status.BOOKED}),
    Status.PENDING: frozenset({Status.BOOKED}),
    Status.WAITLISTED: frozenset(),
    Status.BOOKED: frozenset({Status.ARRIVED, Status.CHECKED_IN, Status.NO_SHOW}),
    Status.ARRIVED: frozenset({Status.CHECKED_IN, Status.FULFILLED}),
    Status.CHECKED_IN: frozenset({Status.ARRIVED, Status.FULFILLED}),
}

NOT_BEFORE_THE_START = frozenset({Status.NO_SHOW, Status.FULFILLED})

MOVABLE = frozenset({Status.PENDING, Status.BOOKED})
"""Visits that can be put at another time."""


def may_follow(status: Status, after: Status) -> bool:
    """Whether ``status`` may be set where ``after`` is. Everything that is not at its end can turn out to be an error.

    CANCELLED has a road of its own (``cancelAppointment``), which asks why; so has what is taken from the waiting list.
    """
    if after in ENDS:
        return False
    return status is Status.ENTERED_IN_ERROR or status in _EDGES[after]


def may_be_cancelled(status: Status) -> bool:
    return status not in ENDS
