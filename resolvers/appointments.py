"""Finding appointments."""

from dataclasses import dataclass
from datetime import datetime

from models.appointment import Appointment, AppointmentStatus
from models.visit_type import VisitMode
from resolvers.context import RequestContext
from resolvers.instants import between
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, find_page


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCriteria:
    """``from_`` and ``to`` bound the start: ``from_ <= start < to``."""

    provider: str | None = None
    patient: str | None = None
    status: list[AppointmentStatus] | None = None
    mode: VisitMode | None = None
    organization: str | None = None
    from_: datetime | None = None
    to: datetime | None = None

    def filter(self) -> Filter:
        within: Filter = {}
        if self.provider is not None:
            within["provider_id"] = self.provider
        if self.patient is not None:
            within["patient_id"] = self.patient
        if self.status is not None:
            within["status"] = {"$in": [status.value for status in self.status]}
        if self.mode is not None:
            within["mode"] = self.mode.value
        if self.organization is not None:
            within["organization_id"] = self.organization
        within.update(between("start", self.from_, self.to))
        return within


async def find_appointments(
    context: RequestContext, criteria: AppointmentCriteria, order: Order, request: PageRequest
) -> Page[Appointment]:
    return await find_page(Appointment, context.access, criteria.filter(), order, request)
