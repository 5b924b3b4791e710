"""Writes of patients, gathered."""

import strawberry

from schema.patient.mutations.add_care_team_member import AddCareTeamMember
from schema.patient.mutations.grant_proxy import GrantProxy
from schema.patient.mutations.merge_patients import MergePatients
from schema.patient.mutations.register_patient import RegisterPatient
from schema.patient.mutations.remove_care_team_member import RemoveCareTeamMember
from schema.patient.mutations.revoke_proxy import RevokeProxy
from schema.patient.mutations.set_reminder_preferences import SetReminderPreferences
from schema.patient.mutations.unmerge_patients import UnmergePatients
from schema.patient.mutations.update_patient import UpdatePatient


@strawberry.type
class PatientMutations(
    RegisterPatient,
    UpdatePatient,
    AddCareTeamMember,
    RemoveCareTeamMember,
    MergePatients,
    UnmergePatients,
    GrantProxy,
    RevokeProxy,
    SetReminderPreferences,
):
    pass
