"""What all changes of a provider have in common: whose they are, and that nobody else's change is lost."""

from typing import Any

from models.appointment import CancelledBy, ScheduleEventKind
from models.provider import Provider
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.ports import Session
from resolvers.schedule_events import tell
from resolvers.side import side_of
from resolvers.user_errors import Conflict, NotFound, Rejected


def must_be_own_or_desk(context: RequestContext, provider_id: str) -> None:
    """Providers change their own hours, staff everybody's. Raises Rejected with NotFound for those of others."""
    if side_of(context.principal, provider_id) is CancelledBy.PATIENT:
        raise Rejected(no_such_provider(["provider"]))


async def read_provider(session: Session, provider_id: str, expected_revision: int | None, path: list[str]) -> Provider:
    """Raises Rejected: NotFound with the ``path``, or Conflict where it is no longer at the revision that the caller has seen."""
    provider = await Provider.get(provider_id, session=session)
    if provider is None:
        raise Rejected(no_such_provider(path))
    if expected_revision is not None and provider.revision != expected_revision:
        raise Rejected(_changed(expected_revision))
    return provider


async def write_provider(context: RequestContext, session: Session, before: Provider, **changes: Any) -> Provider:
    """The provider after ``changes``, one revision later. Raises Rejected with a Conflict where it changed since it was read."""
    instant, revision = context.access.instant, before.revision + 1
    stored = stored_changes(Provider, changes)
    updated = await Provider.get_pymongo_collection().update_one(
        {"_id": before.id, "revision": before.revision},
        {"$set": {**stored, "revision": revision, "updated_at": instant}},
        session=session,
    )
    if updated.matched_count == 0:
        raise Rejected(_changed(before.revision))
    context.trail.changed("Provider", before.id, None, list(changes))
    after: Provider = before.model_copy(update={**changes, "revision": revision, "updated_at": instant})
    return after


async def tell_hours_changed(context: RequestContext, session: Session, provider_id: str) -> None:
    """Before the change is written: from here on, bookings and this change exclude each other."""
    # Administrators act for the house, as staff do.
    own = side_of(context.principal, provider_id) is CancelledBy.PROVIDER
    by = CancelledBy.PROVIDER if own else CancelledBy.STAFF
    await tell(context, session, ScheduleEventKind.AVAILABILITY_CHANGED, provider_id, by=by)


def no_such_provider(path: list[str]) -> NotFound:
    return NotFound(message="No such provider.", path=path)


def _changed(revision: int) -> Conflict:
    message = f"The provider is no longer at revision {revision}: read it again."
    return Conflict(message=message, path=["expectedRevision"])
