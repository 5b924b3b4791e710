"""Subscriptions of appointments."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

import strawberry

from resolvers.schedule_feed.following import follow_schedules, schedule_of
from schema.appointment.schedule_update import ScheduleUpdate, shown_update
from schema.authorization import auth
from schema.info import Info
from schema.node import Id, id_of
from schema.rights import FRONT_DESK

Cursor = Annotated[
    str | None, strawberry.argument(description="The cursor of the last update that was read; from now on when not given.")
]
Providers = Annotated[list[strawberry.ID], strawberry.argument(description="Whose schedules; at most 50.")]


def provider_ids(providers: list[strawberry.ID]) -> list[str]:
    return [id_of("Provider", provider, ["providers"]) or "" for provider in providers]


@strawberry.type
class AppointmentSubscriptions:
    @strawberry.subscription(
        description="Changes of schedules as they are made, as far as the caller may see them at that moment: each once, and in "
        "order within each schedule. Who comes back with the last cursor gets what was missed.",
        directives=[auth(*FRONT_DESK)],
    )
    async def schedule_changed(self, info: Info, providers: Providers, after: Cursor = None) -> AsyncIterator[ScheduleUpdate]:
        async with aclosing(follow_schedules(info.context, provider_ids(providers), after)) as updates:
            async for update in updates:
                yield shown_update(update)

    @strawberry.subscription(description="The same for one appointment.", directives=[auth(*FRONT_DESK)])
    async def appointment_changed(self, info: Info, id: Id, after: Cursor = None) -> AsyncIterator[ScheduleUpdate]:
        appointment_id = id_of("Appointment", id, ["id"]) or ""
        provider_id = await schedule_of(info.context, appointment_id)
        async with aclosing(follow_schedules(info.context, [provider_id], after, appointment_id)) as updates:
            async for update in updates:
                yield shown_update(update)
