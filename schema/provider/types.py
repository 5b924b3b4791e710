"""Providers, visit types, organizations."""

from datetime import date as CalendarDate  # noqa: N812  # a field below is called date
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.appointment import Appointment, CancelledBy
from models.confidentiality import Confidentiality
from models.organization import Organization as OrganizationDocument
from models.provider import Availability as StoredAvailability
from models.provider import Provider as ProviderDocument
from models.provider import Weekday
from models.provider import WeeklyHours as StoredHours
from models.role import Role
from models.visit_type import VisitMode
from models.visit_type import VisitType as VisitTypeDocument
from resolvers.principal import Principal
from resolvers.scheduling.free_slot import FreeSlot
from resolvers.side import side_of
from resolvers.slot_search.range import slot_range
from schema.appointment import arguments
from schema.authorization import auth
from schema.connection import After, Before, Connection, First, Last, page_arguments, related_page
from schema.info import Info
from schema.node import Node, existing, id_of
from schema.operation_cost import COST, FieldCost
from schema.provider.calendar_feed import CalendarFeed
from schema.rights import EVERYBODY, FRONT_DESK, FRONT_DESK_AND_ANALYST
from schema.scalars import JSON, LocalTime, TimeZone
from schema.shown_document import READS, derived, id_as, node_of, shows
from schema.values import Address, CodeableConcept, ContactPoint, HumanName, Money, shown

if TYPE_CHECKING:
    from schema.appointment.slot import Slot
    from schema.appointment.types import AppointmentConnection


@strawberry.type(description="What a patient pays who cancels late or does not come.")
class CancellationPolicy:
    notice_minutes: int = strawberry.field(description="Cancelling less than this before the start is late.")
    late_fee: Money | None = strawberry.field(description="For cancelling late.")
    no_show_fee: Money | None = strawberry.field(description="For not coming.")


@shows(
    VisitTypeDocument,
    id=id_as("VisitType"),
    slot_interval_minutes=derived(
        lambda document: document.slot_interval_minutes or document.duration_minutes, "slot_interval_minutes", "duration_minutes"
    ),
)
@strawberry.type(description="A kind of visit that can be booked.", directives=[auth(*EVERYBODY)])
class VisitType(Node):
    name: str = strawberry.field(description="What it is called.")
    duration_minutes: int = strawberry.field(description="How long it takes.")
    buffer_before_minutes: int = strawberry.field(description="Busy time before it.")
    buffer_after_minutes: int = strawberry.field(description="Busy time after it.")
    modes: list[VisitMode] = strawberry.field(description="How it can be held.")
    price: Money = strawberry.field(description="What it costs.")
    slot_interval_minutes: int = strawberry.field(description="From one offered start to the next.")
    minimum_notice_minutes: int | None = strawberry.field(
        description="How long before its start patients can last book; null: as the provider has it."
    )
    booking_horizon_days: int | None = strawberry.field(
        description="How far ahead patients can book; null: as the provider has it."
    )
    cancellation_policy: CancellationPolicy = strawberry.field(description="What calling it off costs.")
    confidentiality: Confidentiality = strawberry.field(description="How closely visits of this type are kept.")
    active: bool = strawberry.field(description="Whether it can be booked.")
    revision: int = strawberry.field(description="Counts its changes, from 1.")
    code: CodeableConcept | None = strawberry.field(description="What it is in code systems.")
    document: strawberry.Private[VisitTypeDocument]

    @classmethod
    def from_document(cls, document: VisitTypeDocument) -> "VisitType":
        return node_of(cls, document)


@strawberry.type(description="Visit types, a page at a time.", directives=[auth(*EVERYBODY)])
class VisitTypeConnection(Connection[VisitType]):
    pass


async def load_visit_types(info: Info, ids: list[str]) -> list[VisitType]:
    """In the order of the ids; those that are gone are left out."""
    found = await info.context.loaders.visit_types.load_many(ids)
    return [VisitType.from_document(document) for document in found if document is not None]


@shows(OrganizationDocument, id=id_as("Organization"))
@strawberry.type(description="A hospital, practice or other organization.", directives=[auth(*EVERYBODY)])
class Organization(Node):
    name: str = strawberry.field(description="What it is called.")
    active: bool = strawberry.field(description="Whether it is still there.")
    types: list[CodeableConcept] = strawberry.field(description="What kind of organization it is.")
    contacts: list[ContactPoint] = strawberry.field(description="How to reach it.")
    addresses: list[Address] = strawberry.field(description="Where it is.")
    document: strawberry.Private[OrganizationDocument]

    @classmethod
    def from_document(cls, document: OrganizationDocument) -> "Organization":
        return node_of(cls, document)


@strawberry.type(description="Organizations, a page at a time.", directives=[auth(*EVERYBODY)])
class OrganizationConnection(Connection[Organization]):
    pass


@strawberry.type(description="Opening hours on one weekday, on the provider's wall clock.")
class WeeklyHours:
    weekday: Weekday = strawberry.field(description="The day.")
    from_: LocalTime = strawberry.field(name="from", description="When they begin.")
    to: LocalTime = strawberry.field(description="When they end; earlier than `from` means on the next day.")
    visit_type_ids: strawberry.Private[list[str]]

    @strawberry.field(description="What can be booked in them.")
    async def visit_types(self, info: Info) -> list[VisitType]:
        return await load_visit_types(info, self.visit_type_ids)


@strawberry.type(description="A day that differs from the weekly hours.")
class AvailabilityException:
    date: CalendarDate = strawberry.field(description="The day, in the provider's zone.")
    from_: LocalTime | None = strawberry.field(name="from", description="Null: from the start of the day.")
    to: LocalTime | None = strawberry.field(description="Null: to the end of the day.")
    available: bool = strawberry.field(description="True for extra hours, false for leave.")
    id: strawberry.ID | None = strawberry.field(
        description="For `removeAvailabilityException`; null for other providers.", directives=[auth(Role.PROVIDER, Role.STAFF)]
    )
    reason: str | None = strawberry.field(
        description="Why; null for other providers.", directives=[auth(Role.PROVIDER, Role.STAFF)]
    )


@strawberry.type(description="When a provider is there, in wall-clock time.")
class Availability:
    time_zone: TimeZone = strawberry.field(description="The zone of all times here.")
    weekly: list[WeeklyHours] = strawberry.field(description="Hours of an ordinary week.")
    exceptions: list[AvailabilityException] = strawberry.field(description="Days that differ.")
    minimum_notice_minutes: int = strawberry.field(description="How long before its start a slot can last be booked.")
    booking_horizon_days: int = strawberry.field(description="How far ahead slots can be booked.")

    @classmethod
    def of(cls, provider: ProviderDocument, principal: Principal) -> "Availability":
        stored: StoredAvailability = provider.availability
        # Why somebody is away is theirs and the desk's to know. Ids of old exceptions follow from what they say, reason included.
        may_change = side_of(principal, provider.id) is not CancelledBy.PATIENT
        return cls(
            time_zone=TimeZone(provider.time_zone),
            weekly=[_hours(hours, provider) for hours in stored.weekly],
            exceptions=[
                AvailabilityException(
                    date=exception.date,
                    from_=shown(exception.start),
                    to=shown(exception.end),
                    available=exception.available,
                    id=strawberry.ID(exception.id) if may_change else None,
                    reason=exception.reason if may_change else None,
                )
                for exception in stored.exceptions
            ],
            minimum_notice_minutes=stored.minimum_notice_minutes,
            booking_horizon_days=stored.booking_horizon_days,
        )


def _hours(hours: StoredHours, provider: ProviderDocument) -> WeeklyHours:
    return WeeklyHours(
        weekday=hours.weekday,
        from_=LocalTime(hours.start),
        to=LocalTime(hours.end),
        visit_type_ids=hours.visit_type_ids or provider.visit_type_ids,
    )


@shows(ProviderDocument, id=id_as("Provider"))
@strawberry.type(description="A person who gives care.", directives=[auth(*EVERYBODY)])
class Provider(Node):
    npi: str = strawberry.field(description="National Provider Identifier.")
    npi_verified: bool = strawberry.field(
        description="Whether the NPI passes its check digit. False only for imported providers whose source says otherwise."
    )
    name: HumanName = strawberry.field(description="The provider's name.")
    credentials: list[str] = strawberry.field(description="MD, RN ...")
    specialties: list[CodeableConcept] = strawberry.field(description="What the provider treats.")
    languages: list[str] = strawberry.field(description="Spoken languages (BCP 47).")
    time_zone: TimeZone = strawberry.field(description="Where the provider's clock hangs.")
    biography: str | None = strawberry.field(description="In the provider's own words.")
    accepting_new_patients: bool = strawberry.field(description="Whether new patients can book.")
    active: bool = strawberry.field(description="Whether the provider can be booked at all.")
    revision: int = strawberry.field(description="Counts the changes of provider and hours, from 1.")
    document: strawberry.Private[ProviderDocument]

    @strawberry.field(description="What can be booked.", metadata={READS: ("visit_type_ids",)})
    async def visit_types(self, info: Info) -> list[VisitType]:
        return await load_visit_types(info, self.document.visit_type_ids)

    @strawberry.field(description="Weekly hours and exceptions.")
    def availability(self, info: Info) -> Availability:
        return Availability.of(self.document, info.context.principal)

    @strawberry.field(
        description="Free slots for a visit type, in time order; none for one that the provider does not offer. At most 92 days, "
        "and the first 1000 slots in them. For patients these are the ones that they can book now.",
        directives=[auth(*FRONT_DESK)],
        metadata={COST: FieldCost(items=100)},
    )
    async def slots(
        self,
        info: Info,
        from_: Annotated[
            datetime, strawberry.argument(name="from", description="Starting at or after this, and not before now.")
        ],
        to: Annotated[datetime, strawberry.argument(description="Starting before this.")],
        visit_type: Annotated[strawberry.ID, strawberry.argument(description="For what.")],
    ) -> list[Annotated["Slot", strawberry.lazy("schema.appointment.slot")]]:
        from schema.appointment.slot import Slot

        within = slot_range(from_, to, info.context.access.instant, [])
        visit_type_id = id_of("VisitType", visit_type, ["visitType"]) or ""
        found = await info.context.loaders.slots(visit_type_id, within).load(self.document.id)
        return Slot.all_of(FreeSlot(self.document, free.offer.visit_type, free.start, free.end) for free in found)

    @strawberry.field(description="Where the provider works.", metadata={READS: ("organization_ids",)})
    async def organizations(self, info: Info) -> list[Organization]:
        found = await info.context.loaders.organizations.load_many(self.document.organization_ids)
        return [Organization.from_document(document) for document in found if document is not None]

    @strawberry.field(
        description="The provider's schedule, as far as the caller may see it.",
        directives=[auth(*FRONT_DESK_AND_ANALYST)],
        metadata={READS: ("id",)},
    )
    async def appointments(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> Annotated["AppointmentConnection", strawberry.lazy("schema.appointment.types")]:
        from schema.appointment.types import AppointmentConnection

        request = page_arguments(info, first, after, last, before)
        within = where.criteria().filter() if where else {}
        order = order_by.order() if order_by else arguments.BY_START
        page = await related_page(info, Appointment, "provider_id", self.document.id, within, order, request)
        return AppointmentConnection.of(page)

    @strawberry.field(
        description="Private addresses under which calendar programs read the schedule: one's own, or for staff anybody's.",
        directives=[auth(Role.PROVIDER, Role.STAFF)],
    )
    async def calendar_feeds(self, info: Info) -> list[CalendarFeed]:
        found = await info.context.loaders.feeds_of_provider.load(self.document.id)
        return [CalendarFeed.from_document(feed) for feed in found]

    @strawberry.field(description="What the provider was imported from, kept whole.", metadata={READS: ("source",)})
    def source(self) -> JSON | None:
        return shown(self.document.source.resource) if self.document.source else None

    @classmethod
    def from_document(cls, document: ProviderDocument) -> "Provider":
        return node_of(cls, document)


def provider_of(found: ProviderDocument | None) -> Provider:
    """What a document that the caller sees refers to. Raises ExpectedError when it is gone."""
    return Provider.from_document(existing(found))


@strawberry.type(description="Providers, a page at a time.", directives=[auth(*EVERYBODY)])
class ProviderConnection(Connection[Provider]):
    pass
