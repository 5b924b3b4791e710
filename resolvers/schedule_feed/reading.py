"""Reading events that were missed: in order, once."""

from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.appointment import ScheduleEvent, ScheduleFeed
from resolvers.rows import ONE_BATCH
from resolvers.schedule_feed.cursor import Positions, decode_positions

MOST_MISSED = 1000
"""Who has missed more events fetches the schedule again."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where a reader stands who came back: ``reason`` is set when they cannot go on from there."""

    positions: Positions
    reason: str | None = None


async def newest_positions(provider_ids: Collection[str]) -> dict[str, int]:
    """The number of each schedule's last event; 0 for one that has none, or that nobody keeps."""
    feeds = await ScheduleFeed.find({"_id": {"$in": list(provider_ids)}}).to_list()
    known = {feed.id: feed.sequence for feed in feeds}
    return {provider_id: known.get(provider_id, 0) for provider_id in provider_ids}


def resumed(cursor: str, newest: Positions) -> Resumed:
    """From a cursor to positions. One that does not fit says so, and the reader goes on from the newest event."""
    read = decode_positions(cursor)
    if read is None:
        return Resumed(newest, "This cursor is unknown.")
    if newest.keys() - read.keys():
        return Resumed(newest, "This cursor is of other schedules.")
    positions = {provider_id: read[provider_id] for provider_id in newest}
    if any(positions[provider_id] > last for provider_id, last in newest.items()):
        return Resumed(newest, "This cursor is unknown.")
    missed = sum(last - positions[provider_id] for provider_id, last in newest.items())
    if missed > MOST_MISSED:
        return Resumed(newest, f"This cursor is too old: {missed} events ago, and at most {MOST_MISSED} are told again.")
    return Resumed(positions)


async def missed_events(after: Positions, until: Positions) -> list[ScheduleEvent]:
    """Events after ``after`` and up to ``until``: one command. In order within each schedule, and as near to it as their times
    tell across schedules.
    """
    ranges = [
        {"provider_id": provider_id, "sequence": {"$gt": position, "$lte": until[provider_id]}}
        for provider_id, position in after.items()
        if until[provider_id] > position
    ]
    if not ranges:
        return []
    found = await ScheduleEvent.find({"$or": ranges}, batch_size=ONE_BATCH).sort("provider_id", "sequence").to_list()
    return _merged(found)


def _merged(events: Sequence[ScheduleEvent]) -> list[ScheduleEvent]:
    """Schedules side by side, the one whose next event is the oldest first."""
    waiting: dict[str, deque[ScheduleEvent]] = defaultdict(deque)
    for event in events:
        waiting[event.provider_id].append(event)
    merged = []
    while waiting:
        provider_id = min(waiting, key=lambda key: (waiting[key][0].at, key))
        merged.append(waiting[provider_id].popleft())
        if not waiting[provider_id]:
            del waiting[provider_id]
    return merged
