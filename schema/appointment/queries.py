"""Root fields of appointments."""

import strawberry

from models.appointment import Appointment as AppointmentDocument
from resolvers.appointments import AppointmentCriteria, find_appointments
from resolvers.schedule_feed.following import read_schedules
from resolvers.slot_search.search import find_slots
from schema.appointment import arguments, slot_search
from schema.appointment.schedule_update import ScheduleUpdate, shown_update
from schema.appointment.subscriptions import Cursor, Providers, provider_ids
from schema.appointment.types import Appointment, AppointmentConnection
from schema.authorization import auth
from schema.connection import After, Before, First, Last, page_arguments
from schema.info import Info
from schema.node import Id, id_of
from schema.rights import FRONT_DESK, FRONT_DESK_AND_ANALYST
from schema.shown_document import READS


@strawberry.type
class AppointmentQueries:
    @strawberry.field(
        description="An appointment by id; null when there is none, or none to see.",
        directives=[auth(*FRONT_DESK_AND_ANALYST)],
        metadata={READS: ()},
    )
    async def appointment(self, info: Info, id: Id) -> Appointment | None:
        document_id = id_of("Appointment", id, ["id"]) or ""
        found: AppointmentDocument | None = await info.context.loaders.appointments.load(document_id)
        return None if found is None else Appointment.from_document(found)

    @strawberry.field(
        description="Free slots across providers, in time order; those of one time by provider, then visit type. For patients "
        "these are the ones that they can book now; nothing is held until it is booked.",
        directives=[auth(*FRONT_DESK)],
    )
    async def available_slots(
        self,
        info: Info,
        where: slot_search.Where,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> slot_search.SlotConnection:
        request = page_arguments(info, first, after, last, before)
        page = await find_slots(info.context, where.criteria(), where.range(info.context.access.instant), request)
        return slot_search.SlotConnection.of(page, where.time_zone)

    @strawberry.field(
        description="The same as `scheduleChanged` for those who poll: what has changed since the cursor. Without a cursor, or "
        "with one that is too old, a single ScheduleReset, whose cursor is where the schedules stand.",
        directives=[auth(*FRONT_DESK)],
    )
    async def schedule_events(
        self, info: Info, providers: Providers, after: Cursor = None, first: First = None
    ) -> list[ScheduleUpdate]:
        size = page_arguments(info, first, None, None, None).size
        updates = await read_schedules(info.context, provider_ids(providers), after, size)
        return [shown_update(update) for update in updates]

    @strawberry.field(
        description="Appointments the caller may see.", directives=[auth(*FRONT_DESK_AND_ANALYST)], metadata={READS: ()}
    )
    async def appointments(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> AppointmentConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else arguments.BY_START
        criteria = where.criteria() if where else AppointmentCriteria()
        page = await find_appointments(info.context, criteria, order, request)
        return AppointmentConnection.of(page)
