"""The root of all writes, gathered from the nouns."""

import strawberry

from schema.access.mutations.break_glass import BreakGlass
from schema.access.mutations.review_break_glass import ReviewBreakGlass
from schema.account.mutation import AccountMutations
from schema.appointment.mutation import AppointmentMutations
from schema.patient.mutations.grant_proxy import GrantProxy
from schema.patient.mutations.register_patient import RegisterPatient
from schema.patient.mutations.revoke_proxy import RevokeProxy
from schema.patient.mutations.set_reminder_preferences import SetReminderPreferences
from schema.patient.mutations.update_patient import UpdatePatient
from schema.provider.mutation import ProviderMutations
from schema.provider.mutations.create_calendar_feed import CreateCalendarFeed
from schema.provider.mutations.revoke_calendar_feed import RevokeCalendarFeed
from schema.record.release_mutation import ReleaseMutations
from schema.record.mutations.upload_document import UploadDocument


@strawberry.type(description="All that can be changed.")
class Mutation(
    AccountMutations,
    AppointmentMutations,
    ProviderMutations,
    RegisterPatient,
    UpdatePatient,
    GrantProxy,
    RevokeProxy,
    BreakGlass,
    ReviewBreakGlass,
    SetReminderPreferences,
    ReleaseMutations,
    CreateCalendarFeed,
    RevokeCalendarFeed,
    UploadDocument,
):
    pass
