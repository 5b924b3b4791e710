"""setReminderPreferences."""

from typing import Annotated

import strawberry

from models.reminder import ReminderChannel
from models.role import Role
from resolvers.reminders.preferences import Wish, set_reminder_preferences
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.types import Patient
from schema.scalars import TimeZone


@strawberry.input(description="When a patient wants to be reminded of visits. It takes the place of what was set before.")
class SetReminderPreferencesInput:
    patient: strawberry.ID = strawberry.field(description="Which patient.")
    minutes_before: list[int] = strawberry.field(
        description="How long before the start: at most five, each from 15 minutes to two weeks (20160); empty for no reminders."
    )
    channel: ReminderChannel = strawberry.field(default=ReminderChannel.EMAIL, description="On which way.")
    time_zone: TimeZone | None = strawberry.field(
        default=None, description="The patient's own zone, where nights are quiet; each visit's when not given."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The patient after the change, or why not.")
class SetReminderPreferencesPayload:
    patient: Patient | None = strawberry.field(default=None, description="The patient after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class SetReminderPreferences:
    @strawberry.mutation(
        description="Chooses when reminders of visits are sent: by the patient, by a proxy for APPOINTMENTS, or by staff.",
        directives=[auth(Role.PATIENT, Role.STAFF)],
    )
    async def set_reminder_preferences(
        self, info: Info, input: Annotated[SetReminderPreferencesInput, strawberry.argument(description="The input.")]
    ) -> SetReminderPreferencesPayload:
        patient_id = id_of("Patient", input.patient, ["input", "patient"]) or ""
        wish = Wish(minutes_before=input.minutes_before, time_zone=input.time_zone, channel=input.channel)
        try:
            patient = await set_reminder_preferences(info.context, patient_id, wish, input.idempotency_key)
        except Rejected as rejection:
            return SetReminderPreferencesPayload(errors=shown_errors(rejection))
        return SetReminderPreferencesPayload(patient=Patient.from_document(patient), errors=[])
