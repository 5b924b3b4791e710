"""Sending a signal to those in the same visit."""

from dataclasses import dataclass
from typing import Any

from models.visit_entry import VisitEntry
from models.visit_signal import VisitSignalKind
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.throttling import Limit, count_attempt
from resolvers.transactions import transact
from resolvers.user_errors import InvalidInput, Rejected
from resolvers.video.opening import must_be_open
from resolvers.video.taking_part import account_of, must_take_part
from resolvers.video.telling import tell_signal

MAX_PAYLOAD_BYTES = 32 * 1024
_SIGNALS = 1200
"""Of one account in one visit, in a quarter of an hour: a connection takes some dozens, mostly candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """``to`` is a participant of the visit (``participant_id``); None for all others in it."""

    appointment_id: str
    kind: VisitSignalKind
    payload: str
    to: str | None = None


async def send_signal(context: RequestContext, sending: Sending) -> None:
    """Raises as ``join_visit`` does, and Rejected with InvalidInput: TOO_LONG, NOT_JOINED (sender or receiver is not in)."""
    size = len(sending.payload.encode())
    if size > MAX_PAYLOAD_BYTES:
        message = f"payload has {size} bytes; at most {MAX_PAYLOAD_BYTES} fit."
        raise Rejected(InvalidInput(message=message, code="TOO_LONG", path=["payload"]))
    part = await must_take_part(context, sending.appointment_id, ["appointment"])
    must_be_open(part.visit, context.access.instant, ["appointment"])
    receiver = None if sending.to is None else account_of(context, part.visit.id, sending.to)
    if sending.to is not None and receiver is None:
        raise _receiver_not_in()
    await count_attempt([Limit("visit-signal", f"{part.account_id} {part.visit.id}", _SIGNALS)], context.access.instant)

    async def work(session: Session) -> None:
        # What is told raises the visit's count, and so does leaving: who leaves at the same moment left before, or after.
        if not await _is_in(context, session, part.visit.id, part.account_id):
            raise Rejected(InvalidInput(message="Join the visit first.", code="NOT_JOINED", path=["appointment"]))
        if receiver is not None and not await _is_in(context, session, part.visit.id, receiver):
            raise _receiver_not_in()
        signal = await tell_signal(
            context, session, part.visit, sending.kind, part.account_id, to_account_id=receiver, payload=sending.payload
        )
        context.trail.changed("VisitSignal", signal.id, signal.patient_id, ["kind"])

    await transact(context, work)


async def _is_in(context: RequestContext, session: Session, appointment_id: str, account_id: str) -> bool:
    within: dict[str, Any] = {"appointment_id": appointment_id, "account_id": account_id, "left_at": None}
    return await VisitEntry.find({**within, "lease_until": {"$gt": context.ports.clock()}}, session=session).exists()


def _receiver_not_in() -> Rejected:
    return Rejected(InvalidInput(message="Nobody of that name is in the visit.", code="NOT_JOINED", path=["to"]))
