"""What a booking stands on: provider, visit type and patient, as they are within the transaction that books."""

from dataclasses import dataclass

from models.appointment import CancelledBy
from models.patient import Patient, ProxyScope
from models.provider import Provider
from models.role import Role
from models.visit_type import VisitType
from resolvers.context import RequestContext
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.scheduling.slots import SlotRules
from resolvers.side import side_of
from resolvers.user_errors import NotFound, Rejected


@dataclass(frozen=True, slots=True)
class Ground:
    """``side`` is who acts: patients keep to what is offered, provider and staff to opening hours."""

    provider: Provider
    visit_type: VisitType
    patient: Patient
    side: CancelledBy
    rules: SlotRules

    @property
    def by_patient(self) -> bool:
        return self.side is CancelledBy.PATIENT


async def read_ground(
    context: RequestContext, session: Session | None, provider_id: str, visit_type_id: str, patient_id: str
) -> Ground:
    """Raises Rejected with a NotFound for each part that is not there."""
    provider = await Provider.get(provider_id, session=session)
    visit_type = await VisitType.get(visit_type_id, session=session)
    patient = await Patient.get(patient_id, session=session)
    missing = []
    if provider is None or not provider.active:
        missing.append(NotFound(message="No such provider.", path=["provider"]))
    if visit_type is None:
        missing.append(NotFound(message="No such visit type.", path=["visitType"]))
    if patient is None:
        missing.append(NotFound(message="No such patient.", path=["patient"]))
    if provider is None or visit_type is None or patient is None or missing:
        raise Rejected(*missing)
    side = side_of(context.principal, provider_id)
    return Ground(provider, visit_type, patient, side, SlotRules(provider, visit_type))


async def must_act_for(context: RequestContext, patient_id: str, provider_id: str) -> None:
    """Patients book for themselves, proxies for APPOINTMENTS for their patients, providers whom they see into their own schedule,
    staff everybody everywhere. Raises Rejected with NotFound: a patient who is not the caller's to book for is not there.
    """
    principal, access = context.principal, context.access
    if patient_id in access.own or patient_id in await access.proxied(ProxyScope.APPOINTMENTS):
        return
    own_schedule = Role.PROVIDER in principal.roles and principal.provider_id == provider_id
    if Role.STAFF in principal.roles or own_schedule:
        visible = await restrict(Patient, access, {"_id": patient_id})
        if await Patient.find(visible).exists():
            return
    raise Rejected(NotFound(message="No such patient.", path=["patient"]))


def is_proxy_for(context: RequestContext, patient_id: str) -> bool:
    """Whether the caller acts for somebody else by a proxy's right: only when they act as a patient at all."""
    return patient_id not in context.access.own
