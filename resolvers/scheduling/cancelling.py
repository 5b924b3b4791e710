"""What a cancellation or a missed visit costs, by the visit type's policy."""

from datetime import datetime, timedelta

from models.appointment import Cancellation, CancelledBy
from models.money import Money
from models.visit_type import CancellationPolicy


def cancellation(
    policy: CancellationPolicy, start: datetime | None, at: datetime, by: CancelledBy, reason: str | None, *, waived: bool = False
) -> Cancellation:
    """Late is less than the policy's notice before the start. Only patients pay for it, and not where staff let them off."""
    late = start is not None and at > start - timedelta(minutes=policy.notice_minutes)
    fee = policy.late_fee if late and by is CancelledBy.PATIENT and not waived else None
    return Cancellation(by=by, reason=reason, at=at, late=late, fee=fee)


def no_show_fee(policy: CancellationPolicy, *, waived: bool) -> Money | None:
    return None if waived else policy.no_show_fee
