"""The root of all writes, gathered from the nouns."""

import strawberry

from schema.access.mutations.break_glass import BreakGlass
from schema.access.mutations.review_break_glass import ReviewBreakGlass
from schema.account.mutation import AccountMutations
from schema.appointment.mutation import AppointmentMutations
from schema.coverage.mutation import CoverageMutations
from schema.education.mutation import EducationMutations
from schema.invoice.mutation import InvoiceMutations
from schema.patient.mutation import PatientMutations
from schema.provider.mutation import ProviderMutations
from schema.provider.mutations.create_calendar_feed import CreateCalendarFeed
from schema.provider.mutations.revoke_calendar_feed import RevokeCalendarFeed
from schema.record.change_mutation import RecordChangeMutations
from schema.record.entry_mutation import RecordEntryMutations
from schema.record.mutations.upload_document import UploadDocument
from schema.record.release_mutation import ReleaseMutations


@strawberry.type(description="All that can be changed.")
class Mutation(
    AccountMutations,
    AppointmentMutations,
    ProviderMutations,
    PatientMutations,
    BreakGlass,
    ReviewBreakGlass,
    ReleaseMutations,
    EducationMutations,
    RecordEntryMutations,
    RecordChangeMutations,
    InvoiceMutations,
    CoverageMutations,
    CreateCalendarFeed,
    RevokeCalendarFeed,
    UploadDocument,
):
    pass
