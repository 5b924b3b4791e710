"""Mutations about releases and critical values, gathered."""

import strawberry

from schema.patient.mutations.set_result_preferences import SetResultPreferences
from schema.record.mutations.acknowledge_critical_result import AcknowledgeCriticalResult
from schema.record.mutations.end_hold import EndHold
from schema.record.mutations.hold_release import HoldRelease
from schema.record.mutations.show_my_result import ShowMyResult


@strawberry.type
class ReleaseMutations(HoldRelease, EndHold, ShowMyResult, AcknowledgeCriticalResult, SetResultPreferences):
    pass
