"""Looking for reminders, and reading a feed, goes through indexes: MongoDB's own plan says so."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from pymongo import monitoring

from models.appointment import Appointment
from models.patient import Patient
from ohms_graphql.database import Database, open_database
from resolvers.calendar.feeds import create_feed, find_feed
from resolvers.calendar.reading import read_schedule
from resolvers.context import open_context
from resolvers.principal import principal_of
from resolvers.reminders.finding import due_reminders
from tests.clinic import NOON, Clinic, plain_ports
from tests.sent_commands import SentCommands


class Finds(SentCommands):
    """The finds that were sent, as MongoDB got them."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name == "find":
            kept = ("find", "filter", "sort", "limit")
            self.commands.append({name: event.command[name] for name in kept if name in event.command})


def _stages(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict):
        if "stage" in plan:
            yield plan["stage"]
        for part in plan.values():
            yield from _stages(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from _stages(part)


@asynccontextmanager
async def _watched(url: str, name: str) -> AsyncIterator[tuple[Database, Finds]]:
    finds = Finds()
    async with open_database(url, name, listeners=(finds,)) as database:
        yield database, finds


async def _unindexed(database: Database, finds: Finds) -> list[tuple[str, list[str]]]:
    found = []
    for command in finds.commands:
        explained = await database.database.command({"explain": command, "verbosity": "queryPlanner"})
        stages = list(_stages(explained["queryPlanner"]["winningPlan"]))
        if {"COLLSCAN", "SORT"}.intersection(stages):
            found.append((command["find"], stages))
    return found


async def test_looking_for_reminders(mongodb_url: str, database_name: str) -> None:
    async with _watched(mongodb_url, database_name) as (database, finds):
        clinic = await Clinic().stored()
        early = {"$set": {"reminder_preferences.minutes_before": [20160]}}
        await Patient.get_pymongo_collection().update_many({"_id": clinic.alice.id}, early)
        for visit, ahead in [(clinic.coming, timedelta(days=10)), (clinic.bobs_visit, timedelta(hours=20))]:
            times = {"start": NOON + ahead, "created_at": NOON - timedelta(days=90)}
            await Appointment.get_pymongo_collection().update_one({"_id": visit.id}, {"$set": times})
        finds.commands.clear()
        assert len([due async for batch in due_reminders(NOON) for due in batch]) == 2
        names = [command["find"] for command in finds.commands]
        # The near ones, then the far ones; as often whatever there is to find.
        assert names == ["appointments", "patients", "reminders", "patients", "appointments", "reminders"]
        assert await _unindexed(database, finds) == []


async def test_reading_a_feed(mongodb_url: str, database_name: str) -> None:
    async with _watched(mongodb_url, database_name) as (database, finds):
        clinic = await Clinic().stored()
        ports = plain_ports(database.transaction)
        context = open_context(principal_of(clinic.accounts["house"]), ports)
        made = await create_feed(context, clinic.house.id, None)
        finds.commands.clear()
        context.renew(context.principal)
        feed = await find_feed(context, made.url.rpartition("/")[2].removesuffix(".ics"))
        assert feed is not None
        assert await read_schedule(context, feed) is not None
        names = [command["find"] for command in finds.commands]
        assert set(names) == {"calendar_feeds", "appointments", "providers", "patients"}
        assert len(names) == 4
        assert await _unindexed(database, finds) == []
