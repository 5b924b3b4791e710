"""When a patient is reminded of visits."""

import strawberry

from models.reminder import ReminderChannel
from models.reminder import ReminderPreferences as StoredPreferences
from schema.scalars import TimeZone
from schema.shown_enum import show

show(ReminderChannel, "The way on which reminders go.", EMAIL="To the address that the account signs in with, once verified.")


@strawberry.type(description="When the patient is reminded of visits.")
class ReminderPreferences:
    minutes_before: list[int] = strawberry.field(description="How long before the start, the longest first; empty for never.")
    channel: ReminderChannel = strawberry.field(description="On which way.")
    time_zone: TimeZone | None = strawberry.field(
        description="The patient's own zone: no mail from 22:00 to 07:00 there. Null: each visit's."
    )

    @classmethod
    def of(cls, stored: StoredPreferences) -> "ReminderPreferences":
        zone = None if stored.time_zone is None else TimeZone(stored.time_zone)
        return cls(minutes_before=stored.minutes_before, channel=stored.channel, time_zone=zone)
