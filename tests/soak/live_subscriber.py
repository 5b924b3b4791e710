"""A client that keeps a picture of some schedules: what it fetched once, and since then what it was told."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from resolvers.schedule_feed.cursor import decode_positions
from schema.node import read_global_id
from tests.soak.booking_load import Ask
from tests.soak.live_connections import CUT_OFF, Connection
from tests.soak.server_processes import Servers

Seen = tuple[str, str | None, str]
"""Status, start and provider of a visit, as it was last heard of."""

_VISIT = "id status start provider { id }"
_UPDATE = f"""__typename ... on ScheduleEvent {{ cursor kind previousStart provider {{ id }} appointment {{ {_VISIT} MORE }} }}
    ... on ScheduleReset {{ cursor }}"""
_SCHEDULE_CHANGED = (
    f"subscription($of: [ID!]!, $after: String) {{ update: scheduleChanged(providers: $of, after: $after) {{ {_UPDATE} }} }}"
)
_APPOINTMENT_CHANGED = (
    f"subscription($of: ID!, $after: String) {{ update: appointmentChanged(id: $of, after: $after) {{ {_UPDATE} }} }}"
)
_BEGINNING = "query($of: [ID!]!) { scheduleEvents(providers: $of) { ... on ScheduleReset { cursor } } }"
_ONE = f"query($of: ID!) {{ appointment(id: $of) {{ {_VISIT} }} }}"
_ALL = f"""query($of: ID!, $after: String) {{
    appointments(first: 200, after: $after, where: {{provider: $of}}, orderBy: {{field: CREATED_AT}}) {{
        nodes {{ {_VISIT} }} pageInfo {{ hasNextPage endCursor }} }} }}"""

Connect = Callable[[str, dict[str, str], dict[str, Any]], AbstractAsyncContextManager[Connection]]


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(frozen=True, slots=True)
class Heard:
    """An update, and where the reader stands after it. ``provider_id`` is None for a reset."""

    positions: dict[str, int]
    provider_id: str | None = None
    kind: str | None = None
    appointment_id: str | None = None
    previous_start: str | None = None


@dataclass
class Subscriber:
    """``providers``: whose schedules are followed; ``appointment``: only this visit of the one that is given. Global ids.

    ``heard`` is everything since the beginning, and ``fold`` what follows from it: visits by id. A visit is taken from the event
    that names it, and from nothing else, but after a reset, when all are fetched again. An event carries the visit as it is when
    the event is delivered: so the fold may know of a later change before its own event comes.
    """

    name: str
    connect: Connect
    headers: dict[str, str]
    ask: Ask
    servers: Servers
    chance: Random
    providers: list[str]
    appointment: str | None = None
    more: str = ""  # fields of the visit that are asked for, beside those of the fold
    fold: dict[str, Seen] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    connections: int = 0
    cuts: int = 0
    resets: int = 0
    fetches: int = 0
    forgotten: int = 0  # updates since the cursor that was stored last, with which it comes back the next time
    returns: int = 0  # to such a cursor
    there: asyncio.Event = field(default_factory=_set)  # while it is not set the subscriber does not come back
    awake: asyncio.Event = field(default_factory=_set)  # while it is not set what comes is left unread
    connection: Connection | None = None
    cut_after_next: bool | None = None

    async def run(self) -> None:
        """Until it is cancelled: comes back whenever it is cut off."""
        [begin] = (await self.ask(self.headers, _BEGINNING, {"of": self.providers}))["scheduleEvents"]
        self._note(begin["cursor"], Heard(self._decoded(begin["cursor"])))
        await self._fetch()
        while True:
            try:
                await self._follow()
            except CUT_OFF:
                pass
            finally:
                self.connection = None
            await self.there.wait()
            if self.forgotten:
                kept = max(1, len(self.heard) - self.forgotten)
                del self.cursors[kept:], self.heard[kept:]
                self.forgotten, self.returns = 0, self.returns + 1
            await asyncio.sleep(self.chance.uniform(0, 0.3))

    def cut(self, *, abruptly: bool, after_next: bool) -> None:
        """Cuts the socket now, or as soon as the next update was read from it: others are on their way behind it then."""
        if after_next:
            self.cut_after_next = abruptly
        elif self.connection is not None:
            self.connection.cut(abruptly=abruptly)
            self.cuts += 1

    def forget(self, updates: int) -> None:
        """Comes back with an older cursor the next time, like a client that stores it now and then. Its picture stays."""
        self.forgotten = updates

    @property
    def can_be_cut(self) -> bool:
        return self.connection is not None and self.cut_after_next is None

    @property
    def positions(self) -> dict[str, int]:
        return self.heard[-1].positions if self.heard else {}

    async def _follow(self) -> None:
        query, of = (_SCHEDULE_CHANGED, self.providers) if self.appointment is None else (_APPOINTMENT_CHANGED, self.appointment)
        payload = {"query": query.replace("MORE", self.more), "variables": {"of": of, "after": self.cursors[-1]}}
        async with self.connect(await self.servers.choose(self.chance), self.headers, payload) as connection:
            self.connection = connection
            self.connections += 1
            async for data in connection.updates():
                await self._take(data["update"])
                if self.cut_after_next is not None:
                    connection.cut(abruptly=self.cut_after_next)
                    self.cuts += 1
                    self.cut_after_next = None
                await self.awake.wait()

    async def _take(self, update: Any) -> None:
        positions = self._decoded(update["cursor"])
        if update["__typename"] == "ScheduleReset":
            self.resets += 1
            self._note(update["cursor"], Heard(positions))
            await self._fetch()
            return
        visit = update["appointment"]
        provider_id = _local_id(update["provider"])
        appointment_id = _local_id(visit)
        self._note(update["cursor"], Heard(positions, provider_id, update["kind"], appointment_id, update["previousStart"]))
        if visit is not None:
            self._see(visit)
        elif update["kind"] != "AVAILABILITY_CHANGED":
            await self._fetch()  # the event is the caller's to see, and the visit is not any more: but which it is not said

    def _note(self, cursor: str, heard: Heard) -> None:
        self.cursors.append(cursor)
        self.heard.append(heard)

    def _see(self, visit: Any) -> None:
        self.fold[_local_id(visit) or ""] = (visit["status"], visit["start"], _local_id(visit["provider"]) or "")

    async def _fetch(self) -> None:
        self.fetches += 1
        self.fold.clear()
        if self.appointment is not None:
            visit = (await self.ask(self.headers, _ONE, {"of": self.appointment}))["appointment"]
            if visit is not None:
                self._see(visit)
            return
        for provider in self.providers:
            page: Any = {"hasNextPage": True, "endCursor": None}
            while page["hasNextPage"]:
                answer = await self.ask(self.headers, _ALL, {"of": provider, "after": page["endCursor"]})
                for visit in answer["appointments"]["nodes"]:
                    self._see(visit)
                page = answer["appointments"]["pageInfo"]

    @staticmethod
    def _decoded(cursor: str) -> dict[str, int]:
        positions = decode_positions(cursor)
        assert positions is not None
        return positions


def _local_id(node: Any) -> str | None:
    return None if node is None else read_global_id(node["id"], [])[1]
