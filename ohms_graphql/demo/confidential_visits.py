"""Visits that are nobody's but the patient's: for a restricted illness, and what a teenager came for alone."""

from models.appointment import AppointmentStatus
from models.confidentiality import Confidentiality
from ohms_graphql.demo.cast import PARENTS_TEENAGER
from ohms_graphql.demo.outcomes import Kept


def keep_confidential(visits: list[Kept]) -> None:
    """Sets the appointments' level; events, invoices and payments are made after them and take it over."""
    for kept in visits:
        if kept.visit.illness is not None:
            kept.appointment.confidentiality = kept.visit.illness.confidentiality
    alone = came_alone(visits)
    if alone is not None:
        alone.appointment.confidentiality = Confidentiality.RESTRICTED


def came_alone(visits: list[Kept]) -> Kept | None:
    """The teenager's last visit that took place: the one with the confidential note."""
    took_place = [
        kept
        for kept in visits
        if kept.visit.profile.person.number == PARENTS_TEENAGER and kept.appointment.status is AppointmentStatus.FULFILLED
    ]
    return took_place[-1] if took_place else None
