"""Writing a signal, in the transaction of what it tells of."""

from datetime import timedelta
from typing import Any

from pymongo import ReturnDocument

from models.appointment import Appointment
from models.visit_entry import VisitEntry
from models.visit_signal import VisitCount, VisitSignal, VisitSignalKind
from resolvers.context import RequestContext
from resolvers.ports import Session

KEPT_FOR = timedelta(minutes=10)
"""How long a signal waits for who joins, and then whoever is late needs a new one. MongoDB removes it up to a minute later."""


async def next_number(context: RequestContext, session: Session, appointment_id: str) -> int:
    """Raises the visit's count of signals: transactions on one visit exclude each other from here on."""
    instant = context.ports.clock()
    row: Any = await VisitCount.get_pymongo_collection().find_one_and_update(
        {"_id": appointment_id},
        {"$inc": {"sequence": 1}, "$set": {"updated_at": instant}, "$setOnInsert": {"revision": 1, "created_at": instant}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    return int(row["sequence"])


async def tell_signal(
    context: RequestContext,
    session: Session,
    of: Appointment | VisitEntry,
    kind: VisitSignalKind,
    from_account_id: str,
    *,
    to_account_id: str | None = None,
    payload: str | None = None,
) -> VisitSignal:
    """To one account in the visit, or to all of them. ``of`` is the visit, or an entry of it."""
    appointment_id = of.appointment_id if isinstance(of, VisitEntry) else of.id
    instant = context.ports.clock()
    signal = VisitSignal(
        appointment_id=appointment_id,
        patient_id=of.patient_id,
        provider_id=of.provider_id,
        confidentiality=of.confidentiality,
        sequence=await next_number(context, session, appointment_id),
        kind=kind,
        from_account_id=from_account_id,
        to_account_id=to_account_id,
        payload=payload,
        at=instant,
        expires_at=instant + KEPT_FOR,
    )
    await signal.insert(session=session)
    return signal
