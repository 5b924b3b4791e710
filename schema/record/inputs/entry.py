"""What is entered of every entry."""

from datetime import datetime

import strawberry

from models.record import Confidentiality, RecordStatus, ReleaseHoldReason
from resolvers.record_writing.entry import HoldAsked, NewEntry
from schema.node import id_of


@strawberry.input(description="Keeps an entry from the patient for a time, from the start.")
class ReleaseHoldInput:
    reason: ReleaseHoldReason = strawberry.field(description="Why.")
    until: datetime = strawberry.field(description="When it ends by itself: at most 90 days ahead.")


@strawberry.input
class EntryInput:
    """The fields that all mutations share which add an entry."""

    patient: strawberry.ID = strawberry.field(description="Whose record.")
    appointment: strawberry.ID | None = strawberry.field(default=None, description="The visit it belongs to.")
    effective_at: datetime | None = strawberry.field(default=None, description="Of when it is; now when not given.")
    confidentiality: Confidentiality = strawberry.field(
        default=Confidentiality.NORMAL, description="How closely it is kept. Only notes are VERY_RESTRICTED."
    )
    hold: ReleaseHoldInput | None = strawberry.field(
        default=None, description="Released to the patient at once when not given (45 CFR 171)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")

    def entry(self, *, preliminary: bool = False) -> NewEntry:
        """Raises BadInput for ids of something else."""
        return NewEntry(
            patient_id=id_of("Patient", self.patient, ["input", "patient"]) or "",
            appointment_id=id_of("Appointment", self.appointment, ["input", "appointment"]),
            effective_at=self.effective_at,
            status=RecordStatus.PRELIMINARY if preliminary else RecordStatus.FINAL,
            confidentiality=self.confidentiality,
            hold=None if self.hold is None else HoldAsked(reason=self.hold.reason, until=self.hold.until),
            key=self.idempotency_key,
        )


@strawberry.input
class AmendedEntry:
    """The fields of every entry that can be amended. In amendments null clears, and what is not given stays."""

    effective_at: datetime | None = strawberry.field(default=strawberry.UNSET, description="Of when it is.")
    confidentiality: Confidentiality | None = strawberry.field(
        default=strawberry.UNSET, description="How closely it is kept; a report's observations follow."
    )
