"""One change stream for all who follow on a process, on a real MongoDB."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from models.appointment import ScheduleEvent, ScheduleEventKind
from models.confidentiality import Confidentiality
from ohms_graphql.database import open_database
from ohms_graphql.event_stream import Follower, ScheduleStream
from ohms_graphql.settings import Settings
from resolvers.schedule_feed.stream import Signal

PATIENCE = 20
BURST = 600


@pytest.fixture
async def stream(settings: Settings) -> AsyncIterator[ScheduleStream]:
    async with open_database(settings.mongodb_url or "", settings.database):
        made = ScheduleStream(ScheduleEvent.get_pymongo_collection())
        async with made.running():
            yield made


async def burst(provider_id: str, count: int) -> None:
    """All at once: they reach the stream in as few batches as MongoDB makes of them."""
    await ScheduleEvent.insert_many(
        [
            ScheduleEvent(
                provider_id=provider_id,
                sequence=number + 1,
                kind=ScheduleEventKind.AVAILABILITY_CHANGED,
                at=datetime.now(UTC),
                confidentiality=Confidentiality.NORMAL,
            )
            for number in range(count)
        ]
    )


async def numbers(follower: Follower[ScheduleEvent], until: int) -> list[int]:
    found: list[int] = []
    while not found or found[-1] < until:
        came = await follower.next()
        if came is Signal.LOOK_AGAIN:  # said to all when the stream opens
            continue
        assert isinstance(came, ScheduleEvent), came
        found.append(came.sequence)
    return found


async def test_who_does_not_read_is_told_so_and_holds_up_nobody(stream: ScheduleStream) -> None:
    async with stream.follow({"p"}) as fast, stream.follow({"p"}) as slow, stream.follow({"q"}) as other:
        reading = asyncio.create_task(numbers(fast, BURST))
        await burst("p", BURST)
        assert await asyncio.wait_for(reading, PATIENCE) == list(range(1, BURST + 1))
        behind = [await asyncio.wait_for(slow.next(), PATIENCE)]
        assert behind == [Signal.TOO_SLOW]  # in place of what had waited
        elsewhere = asyncio.create_task(other.next())
        _, waiting = await asyncio.wait({elsewhere}, timeout=0.3)
        if not waiting:
            assert elsewhere.result() is Signal.LOOK_AGAIN
        elsewhere.cancel()


async def test_a_reader_that_comes_back_in_time_misses_nothing(stream: ScheduleStream) -> None:
    async with stream.follow({"p"}) as fast, stream.follow({"p"}) as late:
        reading = asyncio.create_task(numbers(fast, 200))
        await burst("p", 200)
        await asyncio.wait_for(reading, PATIENCE)
        assert await asyncio.wait_for(numbers(late, 200), PATIENCE) == list(range(1, 201))
