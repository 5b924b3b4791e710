"""The Record interface: what all kinds of entries share."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.record import Confidentiality, RecordStatus, ReleaseHoldReason
from models.record import Record as RecordDocument
from models.record import ReleaseHold as StoredHold
from resolvers.loaders.as_of import as_stored_record
from schema.authorization import auth
from schema.deidentification import PhiKind, phi
from schema.info import Info
from schema.node import Node, existing, global_id
from schema.provider.types import Provider
from schema.rights import CARE, CARE_AND_ANALYST
from schema.scalars import JSON
from schema.values import CodeableConcept, shown

if TYPE_CHECKING:
    from schema.appointment.types import Appointment
    from schema.patient.types import Patient


@strawberry.type(description="Why and how long an entry is kept from the patient.")
class ReleaseHold:
    reason: ReleaseHoldReason = strawberry.field(description="Why.")
    until: datetime = strawberry.field(description="When it ends by itself.")
    stored: strawberry.Private[StoredHold]

    @strawberry.field(description="Who asked for it.")
    async def by(self, info: Info) -> Provider:
        return Provider.from_document(existing(await info.context.loaders.providers.load(self.stored.by_id)))


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

    @strawberry.field(description="Whose record it is.")
    async def patient(self, info: Info) -> Annotated["Patient", strawberry.lazy("schema.patient.types")]:
        from schema.patient.types import Patient

        return Patient.from_document(existing(await info.context.loaders.patients.load(self.document.patient_id)))

    @strawberry.field(description="Who wrote it.")
    async def author(self, info: Info) -> Provider | None:
        if self.document.author_id is None:
            return None
        found = await info.context.loaders.providers.load(self.document.author_id)
        return None if found is None else Provider.from_document(found)

    @strawberry.field(description="The visit it belongs to.")
    async def appointment(self, info: Info) -> Annotated["Appointment", strawberry.lazy("schema.appointment.types")] | None:
        from schema.appointment.types import Appointment

        if self.document.appointment_id is None:
            return None
        found = await info.context.loaders.appointments.load(self.document.appointment_id)
        return None if found is None else Appointment.from_document(found)

    @strawberry.field(description="Whether the patient can read it.", directives=[auth(*CARE)])
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

    @strawberry.field(description="When it was signed; null for a draft, and for what was imported.", directives=[auth(*CARE)])
    def signed_at(self) -> datetime | None:
        return self.document.signed_at

    @strawberry.field(description="Who signed it.", directives=[auth(*CARE)])
    async def signed_by(self, info: Info) -> Provider | None:
        found = await info.context.loaders.providers.load(self.document.signed_by_id or "")
        return None if found is None else Provider.from_document(found)

    @strawberry.field(description="What made this version of the one before; null of a first version.", directives=[auth(*CARE)])
    def change(self) -> RecordChange | None:
        made = self.document.change
        if made is None:
            return None
        return RecordChange(at=self.document.since, reason=made.reason, provider_id=made.by_provider_id)

    @strawberry.field(description="What it was imported from, kept whole.", directives=[auth(*CARE)])
    def source(self) -> JSON | None:
        return shown(self.document.source.resource) if self.document.source else None


def shared_fields(type_name: str, document: RecordDocument) -> dict[str, Any]:
    """The constructor arguments that all kinds have in common."""
    return {
        "id": global_id(type_name, document.id),
        "status": document.status,
        "code": document.code,
        "effective_at": document.effective_at,
        "recorded_at": document.recorded_at,
        "confidentiality": document.confidentiality,
        "version": document.version,
        "document": document,
    }
