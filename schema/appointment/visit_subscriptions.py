"""Subscriptions of video visits."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

import strawberry

from resolvers.video.following import follow_signals, follow_visit
from schema.appointment.visit import TelehealthVisit, VisitSignal
from schema.authorization import auth
from schema.info import Info
from schema.node import Id, existing, id_of
from schema.rights import CARE


@strawberry.type
class VisitSubscriptions:
    @strawberry.subscription(
        description="A video visit, for those who take part in it: now, when it opens, and whenever somebody comes or goes. Ends "
        "with the visit. For who has joined, the end of the last subscription is the exit.",
        directives=[auth(*CARE)],
    )
    async def visit_changed(self, info: Info, id: Id) -> AsyncIterator[TelehealthVisit]:
        appointment_id = id_of("Appointment", id, ["id"]) or ""
        async with aclosing(follow_visit(info.context, appointment_id)) as changes:
            async for visit in changes:
                yield existing(TelehealthVisit.of(visit, info.context.access.instant))

    @strawberry.subscription(
        description="What the others in a video visit tell the caller since they joined it, each once and in order. Ends when "
        "the caller leaves. Its end is the exit, as that of `visitChanged`.",
        directives=[auth(*CARE)],
    )
    async def signals(
        self, info: Info, appointment: Annotated[strawberry.ID, strawberry.argument(description="The appointment.")]
    ) -> AsyncIterator[VisitSignal]:
        appointment_id = id_of("Appointment", appointment, ["appointment"]) or ""
        async with aclosing(follow_signals(info.context, appointment_id)) as told:
            async for signal in told:
                yield VisitSignal.of(signal, info.context)
