"""What happened to a patient, in order."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from models.patient import Patient as PatientDocument
from resolvers.pagination import Page
from resolvers.timeline.entries import Entry, TimelineCriteria, TimelineKind
from schema.appointment.types import Appointment
from schema.authorization import auth
from schema.connection import After, Before, Connection, First, Last, OrderDirection, page_arguments
from schema.info import Info
from schema.record.base import Record, Release, release_of
from schema.record.types import as_record
from schema.rights import CARE, FRONT_DESK
from schema.shown_enum import show

show(
    TimelineKind,
    "What stands on a timeline.",
    APPOINTMENT="A visit, at its start.",
    RECORD="An entry of the record, at the time that it is about; where that is not known, when it was written down.",
    RELEASE="That an entry of the record reached the patient.",
)


@strawberry.type(description="Something that happened to a patient.", directives=[auth(*FRONT_DESK)])
class TimelineEntry:
    at: datetime = strawberry.field(description="When.")
    kind: TimelineKind = strawberry.field(description="What it is.")
    entry: strawberry.Private[Entry]

    @strawberry.field(description="The visit, of an APPOINTMENT.")
    def appointment(self) -> Appointment | None:
        return Appointment.from_document(self.entry.document) if self.kind is TimelineKind.APPOINTMENT else None

    @strawberry.field(description="The entry of the record, of a RECORD and of a RELEASE.", directives=[auth(*CARE)])
    def record(self) -> Record | None:
        return None if self.kind is TimelineKind.APPOINTMENT else as_record(self.entry.document)

    @strawberry.field(description="How it was released, of a RELEASE.", directives=[auth(*CARE)])
    def release(self, info: Info) -> Release | None:
        if self.kind is not TimelineKind.RELEASE:
            return None
        return release_of(self.entry.document, info.context.access.instant)

    @classmethod
    def of(cls, entry: Entry) -> "TimelineEntry":
        return cls(at=entry.at, kind=entry.kind, entry=entry)


@strawberry.type(description="What happened to a patient, a page at a time.", directives=[auth(*FRONT_DESK)])
class TimelineConnection(Connection[TimelineEntry]):
    @classmethod
    def of(cls, page: Page[Any]) -> "TimelineConnection":
        return cls(nodes=[TimelineEntry.of(entry) for entry in page.documents], page=page)


@strawberry.input(description="Which entries. All that is given must hold.")
class TimelineWhere:
    kinds: list[TimelineKind] | None = strawberry.field(default=None, description="Of one of these kinds.")
    from_: datetime | None = strawberry.field(default=None, name="from", description="At or after this instant.")
    to: datetime | None = strawberry.field(default=None, description="Before this instant.")

    def criteria(self) -> TimelineCriteria:
        kinds = None if self.kinds is None else tuple(self.kinds)
        return TimelineCriteria(kinds=kinds, from_=self.from_, to=self.to)


@strawberry.input(description="How a timeline runs.")
class TimelineOrder:
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")


@strawberry.type
class PatientTimeline:
    """The part of Patient that is its timeline."""

    document: strawberry.Private[PatientDocument]

    @strawberry.field(
        description="Visits, entries of the record and their releases in one order, as far as the caller may see each.",
        directives=[auth(*FRONT_DESK)],
    )
    async def timeline(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: Annotated[TimelineWhere | None, strawberry.argument(description="Which ones; all when not given.")] = None,
        order_by: Annotated[
            TimelineOrder | None, strawberry.argument(description="In which order; newest first when not given.")
        ] = None,
    ) -> TimelineConnection:
        request = page_arguments(info, first, after, last, before)
        criteria = where.criteria() if where else TimelineCriteria()
        descending = order_by is None or order_by.direction is OrderDirection.DESC
        page = await info.context.loaders.timeline(criteria, request, descending=descending).load(self.document.id)
        return TimelineConnection.of(page)
