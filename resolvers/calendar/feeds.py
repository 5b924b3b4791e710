"""Making and revoking feeds of a provider's schedule."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from models.calendar_feed import CalendarFeed
from resolvers.calendar.reading import may_read_schedule
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.throttling import Limit, count_attempt
from resolvers.user_errors import Conflict, NotFound, Rejected

FEEDS_PER_PROVIDER = 10
_SECRET_BYTES = 32
_READS = 60
"""Of one feed, in a quarter of an hour: programs that are set to the shortest time ask every minute or less often."""
_MISSES = 30
"""Of one address, in a quarter of an hour. A secret of 256 bits is not guessed; this spares the database those who try."""


@dataclass(frozen=True, slots=True)
class NewFeed:
    """``url`` is known now and never again."""

    feed: CalendarFeed
    url: str


async def create_feed(context: RequestContext, provider_id: str, key: str | None) -> NewFeed:
    """Raises Rejected: NotFound where the schedule is not the caller's to pass on, Conflict when there are too many."""
    if not may_read_schedule(context.principal, provider_id) or await context.loaders.providers.load(provider_id) is None:
        raise Rejected(NotFound(message="No such provider, or not yours.", path=["provider"]))

    async def work(session: Session) -> Answer:
        slot = await _free_slot(provider_id, session)
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        feed = CalendarFeed(
            provider_id=provider_id, account_id=context.principal.account_id or "", digest=_digest(secret), slot=slot
        )
        await feed.insert(session=session)
        context.trail.changed("CalendarFeed", feed.id, None, ["provider_id", "account_id"])
        # Kept for a day under the idempotency key, so that an answer which was lost on its way can be had again.
        return {"feed_id": feed.id, "sealed": context.ports.sealer.seal(secret)}

    answer = await once(context, "createCalendarFeed", key, {"provider": provider_id}, work)
    feed = await CalendarFeed.get(answer["feed_id"])
    if feed is None:  # the key is repeated, and the feed was revoked since
        raise Rejected(NotFound(message="This feed was revoked.", path=["idempotencyKey"]))
    return NewFeed(feed, context.ports.links.calendar_feed(context.ports.sealer.unseal(answer["sealed"])))


async def revoke_feed(context: RequestContext, feed_id: str, key: str | None) -> str:
    """The provider's id. From now on the address leads nowhere. Raises Rejected: NotFound."""

    async def work(session: Session) -> Answer:
        visible = await restrict(CalendarFeed, context.access, {"_id": feed_id})
        row = await CalendarFeed.get_pymongo_collection().find_one_and_delete(visible, session=session)
        if row is None:
            raise Rejected(NotFound(message="No such feed.", path=["id"]))
        context.trail.changed("CalendarFeed", feed_id, None, ["revoked"])
        return {"provider_id": row["provider_id"]}

    answer = await once(context, "revokeCalendarFeed", key, {"id": feed_id}, work)
    return str(answer["provider_id"])


async def find_feed(context: RequestContext, secret: str) -> CalendarFeed | None:
    """None for an address that leads nowhere. Raises Rejected: TooManyAttempts, for a feed or for an address that tries many."""
    instant = context.access.instant
    feed = await CalendarFeed.find_one({"digest": _digest(secret)})
    if feed is None:
        await count_attempt([Limit("calendar-miss", context.client_address, _MISSES)], instant)
    else:
        await count_attempt([Limit("calendar-feed", feed.id, _READS)], instant)
    return feed


async def feed_was_read(feed: CalendarFeed, instant: datetime) -> None:
    await CalendarFeed.get_pymongo_collection().update_one({"_id": feed.id}, {"$max": {"last_read_at": instant}})


async def _free_slot(provider_id: str, session: Session) -> int:
    """The lowest that is free. Of two who find the same, the unique index lets one commit; the other is run again."""
    rows = CalendarFeed.get_pymongo_collection().find({"provider_id": provider_id}, {"slot": 1}, session=session)
    taken = {row["slot"] for row in await rows.to_list()}
    slot = next((slot for slot in range(FEEDS_PER_PROVIDER) if slot not in taken), None)
    if slot is None:
        message = f"This provider has {FEEDS_PER_PROVIDER} feeds, which is the most there can be: revoke one first."
        raise Rejected(Conflict(message=message, path=["provider"]))
    return slot


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
