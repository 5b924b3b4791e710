"""Payments as rows: read in a transaction, and written only as they were read."""

from datetime import datetime

from models.invoice import Payment
from resolvers.billing.facts import with_change
from resolvers.encoding import stored_changes
from resolvers.ports import Session

_FACTS = (
    "status",
    "received_at",
    "refunds",
    "disputes",
    "failure_reason",
    "failed_at",
    "intent_id",
    "over",
    "checkout_id",
)


class PaymentChanged(RuntimeError):
    """Somebody else changed the payment since it was read: the transaction is to be run again."""


async def update_payment(session: Session, before: Payment, after: Payment, instant: datetime) -> Payment:
    """Raises PaymentChanged. MongoDB itself sees to it within a transaction; the revision says so again."""
    changed = with_change(after, instant)
    facts = {name: getattr(changed, name) for name in _FACTS}
    change = {"$set": {**stored_changes(Payment, facts), "updated_at": instant, "revision": changed.revision}}
    within = {"_id": before.id, "revision": before.revision}
    updated = await Payment.get_pymongo_collection().update_one(within, change, session=session)
    if updated.matched_count != 1:
        raise PaymentChanged(before.id)
    return changed
