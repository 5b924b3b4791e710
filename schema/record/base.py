"""The Record interface: what all kinds of entries share."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.appointment import Appointment as AppointmentDocument
from models.record import Confidentiality, RecordStatus, ReleaseHoldReason
from models.record import Record as RecordDocument
from models.record import ReleaseHold as StoredHold
from resolvers.loaders.as_of import as_stored_record
from schema.authorization import auth
from schema.deidentification import PhiKind, phi
from schema.info import Info
from schema.node import Node
from schema.patient.reference import patient_field
from schema.provider.types import Provider, provider_of
from schema.relation import by, if_any, related
from schema.rights import CARE, CARE_AND_ANALYST
from schema.scalars import JSON
from schema.shown_document import READS
from schema.values import CodeableConcept, shown

if TYPE_CHECKING:
    from schema.appointment.types import Appointment


@strawberry.type(description="Why and how long an entry is kept from the patient.")
class ReleaseHold:
    reason: ReleaseHoldReason = strawberry.field(description="Why.")
    until: datetime = strawberry.field(description="When it ends by itself.")
    stored: strawberry.Private[StoredHold]

    @strawberry.field(description="Who asked for it.")
    async def by(self, info: Info) -> Provider:
        return provider_of(await info.context.loaders.providers.load(self.stored.by_id))


@strawberry.type(description="Whether the patient can read an entry.")
class Release:
    released: bool = strawberry.field(description="Whether the patient can read it now.")
    at: datetime | None = strawberry.field(description="Since when.")
    hold: ReleaseHold | None = strawberry.field(description="What keeps it from the patient, or did.")
    cursor: str | None = strawberry.field(
        default=None, description="In `recordReleased`: give it as `after` to go on from here. Null elsewhere."
    )


def release_of(document: RecordDocument, instant: datetime, cursor: str | None = None) -> Release:
    """How an entry is released. A hold that has ended by itself says since when, before anybody was told."""
    release, hold = document.release, document.release.hold
    released = release.released(instant)
    since = release.at or (hold.until if hold is not None and released else None)
    shown_hold = None if hold is None else ReleaseHold(reason=hold.reason, until=hold.until, stored=hold)
    return Release(released=released, at=since, hold=shown_hold, cursor=cursor)


@strawberry.type(description="How a version came about.", directives=[auth(*CARE)])
class RecordChange:
    at: datetime = strawberry.field(description="When.")
    reason: str | None = strawberry.field(description="Why, in words; null for a signature.")
    provider_id: strawberry.Private[str | None]

    @strawberry.field(description="Who.")
    async def by(self, info: Info) -> Provider | None:
        found = await info.context.loaders.providers.load(self.provider_id or "")
        return None if found is None else Provider.from_document(found)


def _appointment(found: AppointmentDocument) -> "Appointment":
    from schema.appointment.types import Appointment

    return Appointment.from_document(found)


@strawberry.interface(description="One entry of the clinical record.", directives=[auth(*CARE_AND_ANALYST)])
class Record(Node):
    status: RecordStatus = strawberry.field(description="Where it stands.")
    code: CodeableConcept = strawberry.field(description="What it is about.")
    effective_at: datetime | None = strawberry.field(description="When it was so.", directives=[phi(PhiKind.DATE)])
    recorded_at: datetime = strawberry.field(description="When it was written down.", directives=[phi(PhiKind.DATE)])
    confidentiality: Confidentiality = strawberry.field(description="How closely it is kept.")
    version: int = strawberry.field(description="Counts its versions, from 1.", directives=[auth(*CARE)])
    document: strawberry.Private[RecordDocument]
    release_cursor: strawberry.Private[str | None] = None

    patient = patient_field("Whose record it is.")
    author = related(
        Provider | None,
        by("author_id", lambda loaders: loaders.providers, if_any(Provider.from_document)),
        description="Who wrote it.",
    )
    appointment = related(
        Annotated["Appointment", strawberry.lazy("schema.appointment.types")] | None,
        by("appointment_id", lambda loaders: loaders.appointments, if_any(_appointment)),
        description="The visit it belongs to.",
    )

    @strawberry.field(description="Whether the patient can read it.", directives=[auth(*CARE)], metadata={READS: ("release",)})
    def release(self, info: Info) -> Release:
        return release_of(self.document, info.context.access.instant, self.release_cursor)

    @strawberry.field(
        description="All versions, oldest first, this one included. Nothing is ever overwritten.", directives=[auth(*CARE)]
    )
    async def versions(self, info: Info) -> list[Annotated["Record", strawberry.lazy("schema.record.base")]]:
        from schema.record.types import as_record

        kept = await info.context.loaders.versions_of_record.load(self.document.id)
        earlier = [as_stored_record(version) for version in kept if version.version < self.document.version]
        return [as_record(version) for version in [*earlier, self.document]]

    @strawberry.field(
        description="When it was signed; null for a draft, and for what was imported.",
        directives=[auth(*CARE)],
        metadata={READS: ("signed_at",)},
    )
    def signed_at(self) -> datetime | None:
        return self.document.signed_at

    signed_by = related(
        Provider | None,
        by("signed_by_id", lambda loaders: loaders.providers, if_any(Provider.from_document)),
        description="Who signed it.",
        directives=[auth(*CARE)],
    )

    @strawberry.field(
        description="What made this version of the one before; null of a first version.",
        directives=[auth(*CARE)],
        metadata={READS: ("change", "version_at", "recorded_at")},
    )
    def change(self) -> RecordChange | None:
        made = self.document.change
        if made is None:
            return None
        return RecordChange(at=self.document.since, reason=made.reason, provider_id=made.by_provider_id)

    @strawberry.field(
        description="What it was imported from, kept whole.", directives=[auth(*CARE)], metadata={READS: ("source",)}
    )
    def source(self) -> JSON | None:
        return shown(self.document.source.resource) if self.document.source else None
