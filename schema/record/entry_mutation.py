"""Mutations that add entries to the record, gathered."""

import strawberry

from schema.record.mutations.record_allergy import RecordAllergy
from schema.record.mutations.record_condition import RecordCondition
from schema.record.mutations.record_immunization import RecordImmunization
from schema.record.mutations.record_lab_report import RecordLabReport
from schema.record.mutations.record_medication import RecordMedication
from schema.record.mutations.record_observation import RecordObservation
from schema.record.mutations.record_procedure import RecordProcedure
from schema.record.mutations.write_note import WriteNote


@strawberry.type
class RecordEntryMutations(
    RecordAllergy,
    RecordCondition,
    RecordMedication,
    RecordImmunization,
    RecordObservation,
    RecordLabReport,
    RecordProcedure,
    WriteNote,
):
    pass
