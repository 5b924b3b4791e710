"""The end of an operation: nothing is answered before its entries are stored."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from resolvers.audit.entries import Entries
from resolvers.audit.log import Row
from resolvers.ports import Session

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def settle(context: "RequestContext", refusals: Sequence[str] = ()) -> None:
    """Stores what the operation (of a subscription: the event) saw and was refused. Raises AuditUnavailable: then answer nothing.

    ``refusals`` are the coordinates of what the caller's roles did not allow. May be called again: what is stored is forgotten.
    """
    trail = context.trail
    noted = trail.seen or trail.shared or trail.missed or trail.counts or trail.changes
    if not (noted or refusals or context.asked.is_change):
        return
    rows = Entries(context).of_operation(refusals)
    trail.clear()
    trail.succeeded = True
    if rows:
        await context.ports.audit.store(rows)


async def settle_change(context: "RequestContext", session: Session) -> None:
    """Stores the entries of what was changed within the transaction that changes it."""
    if context.trail.changes:
        rows: list[Row] = Entries(context).of_changes(context.trail.changes)
        await context.ports.audit.store_within(rows, session)
