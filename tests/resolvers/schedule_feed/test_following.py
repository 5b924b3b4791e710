"""Following a schedule whose stream loses, repeats and floods."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from models.appointment import ScheduleEvent, ScheduleEventKind, ScheduleFeed
from ohms_graphql.database import Database
from ohms_graphql.event_stream import Follower
from resolvers.context import open_context
from resolvers.principal import principal_of
from resolvers.schedule_feed.following import Reset, Told, Update, follow_schedules
from resolvers.schedule_feed.reading import missed_events
from resolvers.schedule_feed.stream import Signal
from tests.clinic import NOON, Clinic, plain_ports


async def commit(provider_id: str, *, at: Any = NOON) -> ScheduleEvent:
    """The next event of a schedule."""
    feed = await ScheduleFeed.get(provider_id) or ScheduleFeed(id=provider_id)
    feed.sequence += 1
    event = ScheduleEvent(kind=ScheduleEventKind.AVAILABILITY_CHANGED, at=at, provider_id=provider_id, sequence=feed.sequence)
    await feed.save()
    await event.insert()
    return event


class Scripted:
    """A stream that the test plays. ``while_opening`` happens between following and looking where the schedules stand."""

    def __init__(self) -> None:
        self.follower: Follower[ScheduleEvent] = Follower()
        self.while_opening: list[str] = []
        self.followed = 0

    @asynccontextmanager
    async def follow(self, provider_ids: Collection[str]) -> AsyncIterator[Follower[ScheduleEvent]]:
        self.followed += 1
        for provider_id in self.while_opening:
            self.follower.put(await commit(provider_id))
        assert provider_ids
        try:
            yield self.follower
        finally:
            self.followed -= 1


@pytest.fixture
async def clinic(database: Database) -> Clinic:
    assert database
    return await Clinic().stored()


@pytest.fixture
def stream() -> Scripted:
    return Scripted()


def following(clinic: Clinic, stream: Scripted, after: str | None = None) -> Any:
    ports = replace(plain_ports(), events=stream)
    context = open_context(principal_of(clinic.accounts["staff"]), ports)
    return aclosing(follow_schedules(context, [clinic.house.id], after))


async def hear(updates: AsyncIterator[Update], count: int) -> list[int | str]:
    """The numbers of events, and the reasons of resets."""
    told: list[int | str] = []
    for _ in range(count):
        update = await asyncio.wait_for(anext(updates), 5)
        told.append(update.event.sequence if isinstance(update, Told) else update.reason)
    return told


async def is_quiet(updates: AsyncIterator[Update]) -> bool:
    try:
        await asyncio.wait_for(anext(updates), 0.2)
    except TimeoutError:
        return True
    return False


async def test_what_is_committed_while_the_stream_opens_is_not_lost(clinic: Clinic, stream: Scripted) -> None:
    house = clinic.house.id
    stream.while_opening = [house]  # the second of the clinic: the reader begins after it, or hears of it
    async with following(clinic, stream) as updates:
        opening = asyncio.ensure_future(anext(updates))
        await asyncio.sleep(0.2)
        third = await commit(house)
        stream.follower.put(third)
        assert (await asyncio.wait_for(opening, 5)).event.sequence == 3


async def test_repeated_events_are_told_once_and_lost_ones_are_read(clinic: Clinic, stream: Scripted) -> None:
    house = clinic.house.id
    async with following(clinic, stream) as updates:
        first = asyncio.ensure_future(anext(updates))
        await asyncio.sleep(0.2)
        events = [await commit(house) for _ in range(5)]  # 2 to 6
        for event in (events[0], events[0], events[3], events[1], events[3], events[4]):
            stream.follower.put(event)
        assert (await asyncio.wait_for(first, 5)).event.sequence == 2
        assert await hear(updates, 4) == [3, 4, 5, 6]
        assert await is_quiet(updates)
    assert stream.followed == 0


async def test_after_an_interruption_the_database_is_asked(clinic: Clinic, stream: Scripted) -> None:
    house = clinic.house.id
    async with following(clinic, stream) as updates:
        first = asyncio.ensure_future(anext(updates))
        await asyncio.sleep(0.2)
        for _ in range(3):
            await commit(house)
        stream.follower.put(Signal.LOOK_AGAIN)
        assert (await asyncio.wait_for(first, 5)).event.sequence == 2
        assert await hear(updates, 2) == [3, 4]


async def test_a_slow_reader_is_reset_and_goes_on(clinic: Clinic, stream: Scripted) -> None:
    house = clinic.house.id
    async with following(clinic, stream) as updates:
        first = asyncio.ensure_future(anext(updates))
        await asyncio.sleep(0.2)
        events = [await commit(house) for _ in range(300)]
        for event in events:  # all at once: the reader gets no turn
            stream.follower.put(event)
        told = await asyncio.wait_for(first, 5)
        assert isinstance(told, Reset)
        assert told.reason == "More has happened than was read in time."
        assert await is_quiet(updates)
    stream.follower = Follower()
    async with following(clinic, stream, told.cursor) as updates:
        went_on = asyncio.ensure_future(anext(updates))
        await asyncio.sleep(0.2)
        stream.follower.put(await commit(house))
        assert (await asyncio.wait_for(went_on, 5)).event.sequence == 302


async def test_schedules_are_merged_by_time_and_keep_their_own_order(clinic: Clinic) -> None:
    house, stranger = clinic.house.id, clinic.stranger.id
    begin = {house: 1, stranger: 0}
    for minute, provider_id in enumerate([house, stranger, stranger, house, stranger]):
        await commit(provider_id, at=NOON.replace(minute=minute))
    told = await missed_events(begin, {house: 3, stranger: 3})
    assert [event.provider_id for event in told] == [house, stranger, stranger, house, stranger]
    assert [event.sequence for event in told] == [2, 1, 2, 3, 3]
