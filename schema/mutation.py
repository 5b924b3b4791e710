"""The root of all writes, gathered from the nouns."""

import strawberry

from schema.access.mutations.break_glass import BreakGlass
from schema.access.mutations.review_break_glass import ReviewBreakGlass
from schema.account.mutation import AccountMutations
from schema.appointment.mutation import AppointmentMutations
from schema.patient.mutations.grant_proxy import GrantProxy
from schema.patient.mutations.register_patient import RegisterPatient
from schema.patient.mutations.revoke_proxy import RevokeProxy
from schema.patient.mutations.update_patient import UpdatePatient


@strawberry.type(description="All that can be changed.")
class Mutation(
    AccountMutations,
    AppointmentMutations,
    RegisterPatient,
    UpdatePatient,
    GrantProxy,
    RevokeProxy,
    BreakGlass,
    ReviewBreakGlass,
):
    pass
