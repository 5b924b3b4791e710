"""Making feeds at the same time."""

import asyncio

from models.calendar_feed import CalendarFeed
from ohms_graphql.database import Database
from resolvers.calendar.feeds import FEEDS_PER_PROVIDER, create_feed
from resolvers.context import open_context
from resolvers.principal import principal_of
from resolvers.user_errors import Rejected
from tests.clinic import Clinic, plain_ports


async def test_racers_never_make_more_than_there_may_be(database: Database) -> None:
    clinic = await Clinic().stored()
    ports = plain_ports(database.transaction)

    async def race() -> str:
        context = open_context(principal_of(clinic.accounts["house"]), ports)
        try:
            return (await create_feed(context, clinic.house.id, None)).url
        except Rejected as rejection:
            return rejection.errors[0].code

    answers = await asyncio.gather(*(race() for _ in range(FEEDS_PER_PROVIDER + 5)))
    assert answers.count("CONFLICT") == 5
    assert len(set(answers)) == FEEDS_PER_PROVIDER + 1
    assert await CalendarFeed.count() == FEEDS_PER_PROVIDER
