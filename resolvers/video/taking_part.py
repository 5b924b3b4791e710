"""Who takes part in a visit: the patient, a proxy, the visit's own provider. Seeing a visit is not enough."""

from dataclasses import dataclass

from models.appointment import Appointment
from models.confidentiality import Confidentiality
from models.patient import ProxyScope
from models.role import Role
from models.visit_entry import VisitRole
from resolvers.context import RequestContext
from resolvers.persons import must_be_a_person
from resolvers.user_errors import InvalidInput, NotFound, Rejected

_KIND = "visit"


@dataclass(frozen=True, slots=True)
class Part:
    """The caller's part in a visit."""

    visit: Appointment
    role: VisitRole
    account_id: str


async def must_take_part(context: RequestContext, appointment_id: str, path: list[str]) -> Part:
    """Raises Forbidden for a service. Raises Rejected: NotFound, or InvalidInput with NOT_A_PARTICIPANT for who sees the visit
    for another reason (the front desk, care, broken glass).
    """
    must_be_a_person(context)
    visit = await context.loaders.appointments.load(appointment_id)
    if visit is None:
        raise Rejected(NotFound(message="No such visit.", path=path))
    role = await _role(context, visit)
    account_id = context.principal.account_id
    if role is None or account_id is None:
        message = "Only the patient, a proxy and the visit's provider take part in it."
        raise Rejected(InvalidInput(message=message, code="NOT_A_PARTICIPANT", path=path))
    return Part(visit, role, account_id)


async def _role(context: RequestContext, visit: Appointment) -> VisitRole | None:
    access, principal = context.access, context.principal
    if Role.PROVIDER in principal.roles and principal.provider_id == visit.provider_id:
        return VisitRole.PROVIDER
    if visit.patient_id in access.own:
        return VisitRole.PATIENT
    if visit.confidentiality is Confidentiality.NORMAL and visit.patient_id in await access.proxied(ProxyScope.APPOINTMENTS):
        return VisitRole.PROXY
    return None


def participant_id(context: RequestContext, appointment_id: str, account_id: str) -> str:
    """How somebody is called within one visit, to the others and to the room's service: it tells nothing of who they are."""
    return context.ports.pseudonyms.hide(_KIND, f"{appointment_id}/{account_id}")


def account_of(context: RequestContext, appointment_id: str, participant: str) -> str | None:
    """The account behind ``participant_id``; None for anything that is not of this visit."""
    found, _, account_id = (context.ports.pseudonyms.reveal(_KIND, participant) or "").partition("/")
    return account_id if found == appointment_id and account_id else None
