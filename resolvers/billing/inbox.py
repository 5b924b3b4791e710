"""The processor's events on their way into the books: stored once, then worked on by whichever process comes first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from models.processor_event import EventContent, EventState, ProcessorEvent
from resolvers.billing.gateway import News
from resolvers.billing.news import take_in
from resolvers.context import RequestContext

HELD_FOR = timedelta(seconds=60)
"""A process that dies while it works on an event holds it for so long."""
MOST_ATTEMPTS = 10
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)

Read = Callable[[dict[str, Any]], News | None]


async def store_event(event_id: str, kind: str, happened_at: datetime, content: dict[str, Any], instant: datetime) -> bool:
    """False where it was stored before: events come again."""
    made = ProcessorEvent(
        id=event_id,
        created_at=instant,
        updated_at=instant,
        kind=kind,
        happened_at=happened_at,
        content=EventContent(content),
        due_at=instant,
    )
    fields = made.model_dump(exclude={"id", "content"})
    fields |= {"content": made.content.sealed, "state": made.state.value}
    rows = ProcessorEvent.get_pymongo_collection()
    stored = await rows.update_one({"_id": event_id}, {"$setOnInsert": fields}, upsert=True)
    return stored.upserted_id is not None


async def work_on_events(context: RequestContext, read: Read, limit: int = 100) -> int:
    """Works on what is due, one after the other; how many. What fails comes again later, at last it is set aside."""
    for count in range(limit):
        event = await _claim(context.ports.clock())
        if event is None:
            return count
        await _work_on(context, event, read)
    return limit


async def _claim(instant: datetime) -> ProcessorEvent | None:
    within = {"state": EventState.RECEIVED.value, "due_at": {"$lte": instant}}
    change = {"$set": {"due_at": instant + HELD_FOR, "updated_at": instant}, "$inc": {"attempts": 1, "revision": 1}}
    row = await ProcessorEvent.get_pymongo_collection().find_one_and_update(
        within, change, sort=[("due_at", 1), ("_id", 1)], return_document=ReturnDocument.AFTER
    )
    return None if row is None else ProcessorEvent.model_validate(row)


async def _work_on(context: RequestContext, event: ProcessorEvent, read: Read) -> None:
    try:
        news = read(event.content.plain)
        if news is not None:
            await take_in(context, news)
    except Exception as error:  # noqa: BLE001  # whatever it was, the event is kept and tried again
        await _put_off(event, type(error).__name__, context.ports.clock())
        return
    instant = context.ports.clock()
    done = {"state": EventState.DONE.value, "due_at": None, "done_at": instant, "updated_at": instant, "problem": None}
    await _change(event, {"$set": done})


async def _put_off(event: ProcessorEvent, problem: str, instant: datetime) -> None:
    if event.attempts >= MOST_ATTEMPTS:
        aside = {"state": EventState.SET_ASIDE.value, "due_at": None, "problem": problem, "updated_at": instant}
        await _change(event, {"$set": aside})
        return
    wait = min(FIRST_WAIT * 2 ** (event.attempts - 1), LONGEST_WAIT)
    await _change(event, {"$set": {"due_at": instant + wait, "problem": problem, "updated_at": instant}})


async def _change(event: ProcessorEvent, change: dict[str, Any]) -> None:
    """Only as it was claimed: a process that was slower than its hold must not undo what another one did meanwhile."""
    within = {"_id": event.id, "revision": event.revision}
    await ProcessorEvent.get_pymongo_collection().update_one(within, {**change, "$inc": {"revision": 1}})


async def list_events(states: list[EventState], limit: int) -> list[ProcessorEvent]:
    """Oldest first."""
    within = {"state": {"$in": [state.value for state in states]}}
    return await ProcessorEvent.find(within).sort("created_at", "_id").limit(limit).to_list()


async def retry_events(ids: list[str], instant: datetime) -> int:
    """Takes events that were set aside up again; all of them when no ids are given. How many."""
    within: dict[str, Any] = {"state": EventState.SET_ASIDE.value, **({"_id": {"$in": ids}} if ids else {})}
    change = {
        "$set": {"state": EventState.RECEIVED.value, "due_at": instant, "attempts": 0, "updated_at": instant},
        "$inc": {"revision": 1},
    }
    return (await ProcessorEvent.get_pymongo_collection().update_many(within, change)).modified_count
