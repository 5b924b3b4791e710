"""Slowing down those who guess, counted in MongoDB so that all processes count together."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ReturnDocument

from models.throttle import Throttle
from resolvers.user_errors import Rejected, TooManyAttempts

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``attempts`` per window under a key. The key is hashed: no address is stored."""

    name: str
    subject: str
    attempts: int

    @property
    def key(self) -> str:
        return f"{self.name}:{hashlib.sha256(self.subject.encode()).hexdigest()}"


async def count_attempt(limits: list[Limit], instant: datetime) -> None:
    """Counts one attempt under each limit. Raises Rejected with TooManyAttempts when one is spent."""
    waits = [await _count(limit, instant) for limit in limits]
    wait = max(waits)
    if wait > 0:
        message = f"Too many attempts. Try again in {wait} seconds."
        raise Rejected(TooManyAttempts(message=message, retry_after_seconds=wait))


async def _count(limit: Limit, instant: datetime) -> int:
    """Seconds to wait; zero while attempts are left. One atomic update, so that racers are counted each."""
    running = {"$gt": ["$expires_at", instant]}
    row = await Throttle.get_pymongo_collection().find_one_and_update(
        {"_id": limit.key},
        [
            {
                "$set": {
                    "attempts": {"$cond": [running, {"$add": ["$attempts", 1]}, 1]},
                    "expires_at": {"$cond": [running, "$expires_at", instant + WINDOW]},
                }
            }
        ],
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    if row is None:  # cannot be: an upsert that returns the new document always has one
        raise RuntimeError("MongoDB upserted no throttle")
    if row["attempts"] <= limit.attempts:
        return 0
    return max(1, int((row["expires_at"] - instant).total_seconds()))


async def forget_attempts(limit: Limit) -> None:
    """After a success: the person is who they say."""
    await Throttle.get_pymongo_collection().delete_one({"_id": limit.key})


async def uncount(limit: Limit) -> None:
    """Takes one attempt back: it was no guess. Those before it stay."""
    await Throttle.get_pymongo_collection().update_one({"_id": limit.key, "attempts": {"$gt": 0}}, {"$inc": {"attempts": -1}})
