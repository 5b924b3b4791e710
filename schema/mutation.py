"""The root of all writes, gathered from the nouns."""

import strawberry

from schema.account.mutations.confirm_registration import ConfirmRegistration
from schema.account.mutations.sign_in import SignIn
from schema.patient.mutations.register_patient import RegisterPatient
from schema.patient.mutations.update_patient import UpdatePatient


@strawberry.type(description="All that can be changed.")
class Mutation(SignIn, RegisterPatient, ConfirmRegistration, UpdatePatient):
    pass
