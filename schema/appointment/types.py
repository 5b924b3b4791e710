"""Appointments and their history."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.appointment import Appointment as AppointmentDocument
from models.appointment import AppointmentStatus, CancelledBy, ScheduleEventKind
from models.appointment import ScheduleEvent as ScheduleEventDocument
from models.appointment import WaitlistRequest as StoredRequest
from models.confidentiality import Confidentiality
from models.record import Record as RecordDocument
from models.role import Role
from models.visit_type import VisitMode
from resolvers.pagination import Page
from resolvers.schedule_feed.cursor import encode_positions
from schema.appointment.visit import TelehealthVisit
from schema.authorization import auth
from schema.connection import After, Before, Connection, First, Last, nodes_of, page_arguments, related_page
from schema.deidentification import PhiKind, phi
from schema.info import Info
from schema.node import Node, existing, global_id
from schema.patient.reference import patient_field
from schema.provider.types import Organization, Provider, VisitType, provider_of
from schema.record import arguments as record_arguments
from schema.relation import by, if_any, related
from schema.rights import CARE, CARE_AND_ANALYST, FRONT_DESK, FRONT_DESK_AND_ANALYST
from schema.scalars import JSON, TimeZone
from schema.shown_document import READS, id_as, node_of, renamed, shows
from schema.values import Money, shown

if TYPE_CHECKING:
    from schema.invoice.types import Invoice
    from schema.record.types import RecordConnection


@strawberry.type(description="How an appointment was called off.")
class Cancellation:
    by: CancelledBy = strawberry.field(description="On whose side.")
    reason: str | None = strawberry.field(description="Why.", directives=[phi(PhiKind.FREE_TEXT)])
    at: datetime = strawberry.field(description="When it was called off.", directives=[phi(PhiKind.DATE)])
    late: bool = strawberry.field(description="Whether that was later than the visit type allows.")
    fee: Money | None = strawberry.field(description="What the visit type's policy asks for it.")


@strawberry.type(description="A slot that is held for a visit on the waiting list: take or decline it.")
class SlotOffer:
    start: datetime = strawberry.field(description="When it starts.", directives=[phi(PhiKind.DATE)])
    end: datetime = strawberry.field(description="When it ends.", directives=[phi(PhiKind.DATE)])
    expires_at: datetime = strawberry.field(description="It goes to the next in line then.", directives=[phi(PhiKind.DATE)])


@strawberry.type(description="What a visit on the waiting list waits for.", directives=[auth(*FRONT_DESK)])
class WaitlistRequest:
    earliest: datetime = strawberry.field(description="A start at or after this.", directives=[phi(PhiKind.DATE)])
    latest: datetime = strawberry.field(description="A start before this.", directives=[phi(PhiKind.DATE)])
    offer: SlotOffer | None = strawberry.field(description="What is offered now; null when nothing is.")

    @classmethod
    def of(cls, request: StoredRequest, instant: datetime) -> "WaitlistRequest":
        """An offer that has ended is none, whether or not it has gone to the next already."""
        offer = request.offer if request.offer and request.offer.expires_at > instant else None
        shown_offer = SlotOffer(start=offer.start, end=offer.end, expires_at=offer.expires_at) if offer else None
        return cls(earliest=request.earliest, latest=request.latest, offer=shown_offer)


@strawberry.type(description="Staff booked on purpose what the rules refuse.", directives=[auth(Role.PROVIDER, Role.STAFF)])
class Override:
    reason: str = strawberry.field(description="Why.", directives=[phi(PhiKind.FREE_TEXT)])
    at: datetime = strawberry.field(description="When.", directives=[phi(PhiKind.DATE)])


@strawberry.type(description="One change of a schedule.")
class ScheduleEvent:
    cursor: str = strawberry.field(description="How far a reader has come with it: give it as `after` to go on.")
    kind: ScheduleEventKind = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When it happened.")
    by: CancelledBy | None = strawberry.field(description="On whose side.")
    previous_start: datetime | None = strawberry.field(description="The start before the change.")
    previous_end: datetime | None = strawberry.field(description="The end before the change.")
    appointment_id: strawberry.ID | None = strawberry.field(
        description="The id of the appointment that changed, also where it may not be seen any more: entered in error, say."
    )
    document: strawberry.Private[ScheduleEventDocument]

    @strawberry.field(description="Whose schedule it is.")
    async def provider(self, info: Info) -> Provider:
        return Provider.from_document(existing(await info.context.loaders.providers.load(self.document.provider_id)))

    @strawberry.field(description="The appointment that changed, as it is when this is sent; null when it may not be seen.")
    async def appointment(self, info: Info) -> Annotated["Appointment", strawberry.lazy("schema.appointment.types")] | None:
        if self.document.appointment_id is None:
            return None
        found = await info.context.loaders.appointments.load(self.document.appointment_id)
        return None if found is None else Appointment.from_document(found)

    @classmethod
    def from_document(cls, document: ScheduleEventDocument, cursor: str | None = None) -> "ScheduleEvent":
        return cls(
            cursor=cursor or encode_positions({document.provider_id: document.sequence}),
            kind=document.kind,
            at=document.at,
            by=document.by,
            previous_start=document.previous_start,
            previous_end=document.previous_end,
            appointment_id=_appointment_id(document),
            document=document,
        )


def _appointment_id(event: ScheduleEventDocument) -> strawberry.ID | None:
    return None if event.appointment_id is None else strawberry.ID(global_id("Appointment", event.appointment_id))


def _previous(document: AppointmentDocument) -> "Appointment":
    return Appointment.from_document(document)


@shows(AppointmentDocument, id=id_as("Appointment"), series=renamed("series_id"))
@strawberry.type(description="A visit of one patient with one provider.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class Appointment(Node):
    status: AppointmentStatus = strawberry.field(description="Where it stands.")
    start: datetime | None = strawberry.field(description="Null while it waits for a slot.", directives=[phi(PhiKind.DATE)])
    end: datetime | None = strawberry.field(
        description="Not part of the visit: the next may start then.", directives=[phi(PhiKind.DATE)]
    )
    time_zone: TimeZone = strawberry.field(description="The zone it was made in.")
    mode: VisitMode = strawberry.field(description="How it is held.")
    reason: str | None = strawberry.field(description="Why the patient comes.", directives=[phi(PhiKind.FREE_TEXT)])
    series: strawberry.ID | None = strawberry.field(description="The series it belongs to.", directives=[phi(PhiKind.IDENTIFIER)])
    cancellation: Cancellation | None = strawberry.field(description="Set when it was called off.")
    confidentiality: Confidentiality = strawberry.field(description="How closely it is kept; proxies see NORMAL ones only.")
    no_show_fee: Money | None = strawberry.field(description="What the visit type's policy asks of a patient who did not come.")
    revision: int = strawberry.field(description="Counts its changes, from 1.", directives=[auth(*FRONT_DESK)])
    document: strawberry.Private[AppointmentDocument]

    patient = patient_field("Who comes.")
    provider = related(Provider, by("provider_id", lambda loaders: loaders.providers, provider_of), description="Who is visited.")
    visit_type = related(
        VisitType | None,
        by("visit_type_id", lambda loaders: loaders.visit_types, if_any(VisitType.from_document)),
        description="What kind of visit it is.",
    )

    @strawberry.field(
        description="What it waits for; null unless it is on the waiting list.",
        directives=[auth(*FRONT_DESK)],
        metadata={READS: ("waitlist", "status")},
    )
    def waitlist(self, info: Info) -> WaitlistRequest | None:
        request = self.document.waitlist
        waits = request is not None and self.document.status is AppointmentStatus.WAITLISTED
        return WaitlistRequest.of(request, info.context.access.instant) if request and waits else None

    @strawberry.field(
        description="Set when staff booked it over what the rules refuse.",
        directives=[auth(Role.PROVIDER, Role.STAFF)],
        metadata={READS: ("override",)},
    )
    def override(self) -> Override | None:
        made = self.document.override
        return Override(reason=made.reason, at=made.at) if made else None

    previous = related(
        Annotated["Appointment", strawberry.lazy("schema.appointment.types")] | None,
        by("previous_id", lambda loaders: loaders.appointments, if_any(_previous)),
        description="The visit in whose place this one was made anew.",
        directives=[auth(*FRONT_DESK)],
    )
    organization = related(
        Organization | None,
        by("organization_id", lambda loaders: loaders.organizations, if_any(Organization.from_document)),
        description="Where it takes place.",
    )

    @strawberry.field(description="What happened to it, oldest first.", directives=[auth(*FRONT_DESK)])
    async def history(self, info: Info) -> list[ScheduleEvent]:
        found = await info.context.loaders.events_of_appointment.load(self.document.id)
        return [ScheduleEvent.from_document(event) for event in found]

    @strawberry.field(description="What is asked for it.", metadata={READS: ("id",)})
    async def invoice(self, info: Info) -> Annotated["Invoice", strawberry.lazy("schema.invoice.types")] | None:
        from schema.invoice.types import Invoice

        found = await info.context.loaders.invoices_of_appointment.load(self.document.id)
        return Invoice.from_document(found[0]) if found else None

    @strawberry.field(
        description="What was written down about it.", directives=[auth(*CARE_AND_ANALYST)], metadata={READS: ("id",)}
    )
    async def records(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: record_arguments.Where = None,
        order_by: record_arguments.OrderBy = None,
    ) -> Annotated["RecordConnection", strawberry.lazy("schema.record.types")]:
        from schema.record.types import RecordConnection

        request = page_arguments(info, first, after, last, before)
        within = where.criteria().filter() if where else {}
        order = order_by.order() if order_by else record_arguments.NEWEST_FIRST
        page = await related_page(info, RecordDocument, "appointment_id", self.document.id, within, order, request)
        return RecordConnection.of(page)

    @strawberry.field(
        description="How it is held by video; null for others, and while it has no time.", directives=[auth(*FRONT_DESK)]
    )
    def visit(self, info: Info) -> TelehealthVisit | None:
        return TelehealthVisit.of(self.document, info.context.access.instant)

    @strawberry.field(
        description="A link to a calendar file (RFC 5545), good for an hour, while the caller's account may see the visit. "
        "The file names no condition and no reason. Null while the visit has no time.",
        directives=[auth(*FRONT_DESK)],
    )
    def calendar_url(self, info: Info) -> str | None:
        account_id = info.context.principal.account_id
        if account_id is None or self.document.start is None or self.document.end is None:
            return None
        return info.context.ports.links.calendar(self.document.id, account_id)

    @strawberry.field(
        description="What it was imported from, kept whole.", directives=[auth(*CARE)], metadata={READS: ("source",)}
    )
    def source(self) -> JSON | None:
        return shown(self.document.source.resource) if self.document.source else None

    @classmethod
    def from_document(cls, document: AppointmentDocument) -> "Appointment":
        return node_of(cls, document)


@strawberry.type(description="Appointments, a page at a time.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class AppointmentConnection(Connection[Appointment]):
    @classmethod
    def of(cls, page: Page[AppointmentDocument]) -> "AppointmentConnection":
        return cls(nodes=nodes_of(page, Appointment.from_document), page=page)
