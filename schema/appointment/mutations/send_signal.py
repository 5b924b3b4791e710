"""sendSignal."""

from enum import Enum
from typing import Annotated

import strawberry

from models.visit_signal import VisitSignalKind
from resolvers.user_errors import Rejected
from resolvers.video.signalling import Sending, send_signal
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.rights import CARE


@strawberry.enum(description="What those in a video visit send each other to connect.")
class SignalKind(Enum):
    OFFER = strawberry.enum_value("OFFER", description="A session description that asks for a connection (WebRTC).")
    ANSWER = strawberry.enum_value("ANSWER", description="The session description that answers it.")
    CANDIDATE = strawberry.enum_value("CANDIDATE", description="A way in which the sender may be reached (ICE).")
    BYE = strawberry.enum_value("BYE", description="The connection is given up.")


@strawberry.input(description="Something to tell those in the same video visit.")
class SendSignalInput:
    appointment: strawberry.ID = strawberry.field(description="The appointment whose visit the caller has joined.")
    to: strawberry.ID | None = strawberry.field(
        default=None,
        description="For whom: a `VisitParticipant.participant` or `VisitSignal.sender`. Everybody else in the visit if absent.",
    )
    kind: SignalKind = strawberry.field(description="What it is.")
    payload: str = strawberry.field(description="Passed on as it is, and kept for some minutes; at most 32 KiB in UTF-8.")


@strawberry.type(description="Whether it was sent, or why not.")
class SendSignalPayload:
    sent: bool = strawberry.field(description="Whether it is on its way.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class SendSignal:
    @strawberry.mutation(
        description="Tells others in a video visit how to connect, where no service carries it. Signals of one sender arrive in "
        "the order in which they were sent, on whichever process the others are.",
        directives=[auth(*CARE)],
    )
    async def send_signal(
        self, info: Info, input: Annotated[SendSignalInput, strawberry.argument(description="The input.")]
    ) -> SendSignalPayload:
        sending = Sending(
            appointment_id=id_of("Appointment", input.appointment, ["input", "appointment"]) or "",
            kind=VisitSignalKind[input.kind.name],
            payload=input.payload,
            to=input.to,
        )
        try:
            await send_signal(info.context, sending)
        except Rejected as rejection:
            return SendSignalPayload(sent=False, errors=shown_errors(rejection))
        return SendSignalPayload(sent=True, errors=[])
