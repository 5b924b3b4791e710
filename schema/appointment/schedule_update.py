"""What those who follow schedules are told."""

from typing import Annotated

import strawberry

from resolvers.schedule_feed.following import Told, Update
from schema.appointment.types import ScheduleEvent
from schema.authorization import auth
from schema.rights import FRONT_DESK


@strawberry.type(description="Some changes were not told: fetch the schedule again.", directives=[auth(*FRONT_DESK)])
class ScheduleReset:
    cursor: str = strawberry.field(description="Go on from here after that.")
    reason: str = strawberry.field(description="Why, for people.")


ScheduleUpdate = Annotated[
    ScheduleEvent | ScheduleReset,
    strawberry.union("ScheduleUpdate", description="A change, or the word that some were not told."),
]


def shown_update(update: Update) -> ScheduleEvent | ScheduleReset:
    if isinstance(update, Told):
        return ScheduleEvent.from_document(update.event, update.cursor)
    return ScheduleReset(cursor=update.cursor, reason=update.reason)
