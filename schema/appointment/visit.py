"""The video side of an appointment."""

from datetime import datetime

import strawberry

from models.appointment import Appointment as AppointmentDocument
from models.visit_entry import VisitEntry, VisitRole
from models.visit_signal import VisitSignal as VisitSignalDocument
from models.visit_signal import VisitSignalKind
from resolvers.context import RequestContext
from resolvers.video.opening import opening_of
from resolvers.video.rooms import Room, RoomService
from resolvers.video.taking_part import participant_id
from schema.authorization import auth
from schema.info import Info
from schema.rights import CARE, FRONT_DESK
from schema.shown_enum import show

show(
    VisitRole,
    "In which part somebody is in a visit.",
    PATIENT="The patient.",
    PROXY="A proxy of the patient.",
    PROVIDER="The provider.",
)
show(
    VisitSignalKind,
    "What is told in a video visit.",
    OFFER="A session description that asks for a connection (WebRTC).",
    ANSWER="The session description that answers it.",
    CANDIDATE="A way in which a side may be reached (ICE).",
    BYE="The connection is given up; the sender may still be in the visit.",
    JOINED="Somebody came. Told by OHMS.",
    LEFT="Somebody left. Told by OHMS.",
)
show(
    RoomService,
    "What carries sound and picture.",
    LIVEKIT="A LiveKit server: connect to `url` with `token`.",
    PEER_TO_PEER="No service: the sides connect with each other, by `sendSignal` and `signals`.",
)


@strawberry.type(description="A stay in a video visit.", directives=[auth(*CARE)])
class VisitParticipant:
    participant: strawberry.ID = strawberry.field(
        description="The same person has the same within one visit; also their identity in the room. It is a pseudonym."
    )
    role: VisitRole = strawberry.field(description="In which part.")
    joined_at: datetime = strawberry.field(description="When they came in.")
    left_at: datetime | None = strawberry.field(description="When they left; null while they are there.")

    @classmethod
    def of(cls, entry: VisitEntry, context: RequestContext) -> "VisitParticipant":
        """Who is silent for too long has left, whether or not that was written down already."""
        is_over = entry.lease_until <= context.access.instant
        return cls(
            participant=strawberry.ID(participant_id(context, entry.appointment_id, entry.account_id)),
            role=entry.role,
            joined_at=entry.joined_at,
            left_at=entry.left_at or (entry.lease_until if is_over else None),
        )


@strawberry.type(description="A visit that is held by video.", directives=[auth(*FRONT_DESK)])
class TelehealthVisit:
    opens_at: datetime = strawberry.field(description="When it may be joined: 15 minutes before the start.")
    closes_at: datetime = strawberry.field(description="When it may no longer be joined: an hour after the end.")
    open: bool = strawberry.field(description="Whether it may be joined now, by those who take part in it.")
    document: strawberry.Private[AppointmentDocument]

    @strawberry.field(
        description="Who is in it or was, in the order of their coming: the provider sees who waits; patients and proxies see "
        "themselves and the provider.",
        directives=[auth(*CARE)],
    )
    async def participants(self, info: Info) -> list[VisitParticipant]:
        entries = await info.context.loaders.entries_of_visit.load(self.document.id)
        return [VisitParticipant.of(entry, info.context) for entry in entries]

    @classmethod
    def of(cls, document: AppointmentDocument, instant: datetime) -> "TelehealthVisit | None":
        """None for what is not held by video, or has no time yet."""
        opening = opening_of(document)
        if opening is None:
            return None
        return cls(opens_at=opening.opens_at, closes_at=opening.closes_at, open=opening.is_open(instant), document=document)


@strawberry.type(description="Where a video visit is held, for whoever joined it.", directives=[auth(*CARE)])
class VisitRoom:
    service: RoomService = strawberry.field(description="What carries it.")
    url: str | None = strawberry.field(description="The service's address; null peer to peer.")
    token: str | None = strawberry.field(description="Lets the caller in, and nobody else: keep it secret. Null peer to peer.")
    expires_at: datetime | None = strawberry.field(description="The token is good until then; join again for a new one.")

    @classmethod
    def of(cls, room: Room) -> "VisitRoom":
        return cls(service=room.service, url=room.url, token=room.token, expires_at=room.expires_at)


@strawberry.type(description="What somebody in a video visit tells the others.", directives=[auth(*CARE)])
class VisitSignal:
    kind: VisitSignalKind = strawberry.field(description="What it is.")
    sender: strawberry.ID = strawberry.field(
        description="Whose it is: a `VisitParticipant.participant`. Give it as `to` to answer."
    )
    to_all: bool = strawberry.field(description="Whether it is for everybody in the visit, not for the caller alone.")
    payload: str | None = strawberry.field(description="As it was sent; null for JOINED and LEFT.")
    at: datetime = strawberry.field(description="When it was sent.")

    @classmethod
    def of(cls, document: VisitSignalDocument, context: RequestContext) -> "VisitSignal":
        return cls(
            kind=document.kind,
            sender=strawberry.ID(participant_id(context, document.appointment_id, document.from_account_id)),
            to_all=document.to_account_id is None,
            payload=document.payload,
            at=document.at,
        )
