"""A visit that somebody wants to change, as it is within the transaction that changes it."""

from models.appointment import Appointment, CancelledBy
from models.patient import ProxyScope
from models.role import Role
from models.visit_type import VisitType
from resolvers.context import RequestContext
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.side import side_of
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected


async def must_change(context: RequestContext, appointment_id: str) -> None:
    """Staff change every visit, providers those of their own schedule, patients and their proxies for APPOINTMENTS their own.

    Raises Rejected: NotFound for what the caller does not see, NOT_YOURS for what they only see.
    """
    access, principal = context.access, context.principal
    visible = await restrict(Appointment, access, {"_id": appointment_id})
    appointment = await Appointment.find_one(visible)
    if appointment is None:
        raise Rejected(NotFound(message="No such visit.", path=["id"]))
    own_schedule = Role.PROVIDER in principal.roles and principal.provider_id == appointment.provider_id
    patients = [*access.own, *await access.proxied(ProxyScope.APPOINTMENTS)]
    if not (Role.STAFF in principal.roles or own_schedule or appointment.patient_id in patients):
        raise Rejected(InvalidInput(message="You see this visit, and cannot change it.", code="NOT_YOURS", path=["id"]))


async def read_visit(session: Session, appointment_id: str, expected_revision: int | None) -> Appointment:
    """Raises Rejected: NotFound, or Conflict when it is not at the revision that the caller knows."""
    appointment = await Appointment.get(appointment_id, session=session)
    if appointment is None:
        raise Rejected(NotFound(message="No such visit.", path=["id"]))
    if expected_revision is not None and appointment.revision != expected_revision:
        message = f"The visit is at revision {appointment.revision}, not {expected_revision}: look at it again."
        raise Rejected(Conflict(message=message, path=["expectedRevision"]))
    return appointment


async def visit_type_of(session: Session, appointment: Appointment) -> VisitType | None:
    """None for imported visits, which have none."""
    if appointment.visit_type_id is None:
        return None
    found: VisitType | None = await VisitType.get(appointment.visit_type_id, session=session)
    return found


def side(context: RequestContext, appointment: Appointment) -> CancelledBy:
    return side_of(context.principal, appointment.provider_id)
