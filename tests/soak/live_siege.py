"""Who follows the schedules, who books, and what is done to their sockets and servers meanwhile."""

import signal
from functools import partial
from random import Random
from typing import Any

from models.npi import npi_with_check_digit
from models.patient import Patient
from models.provider import Availability, Provider, Weekday, WeeklyHours
from ohms_graphql.settings import Settings
from schema.node import read_global_id
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization
from tests.soak.booking_load import BookingLoad, Http
from tests.soak.live_connections import over_event_stream, over_websocket
from tests.soak.live_subscriber import Subscriber
from tests.soak.live_truth import Caller
from tests.soak.server_processes import Servers, until

CUT, KILL, END = "cut", "SIGKILL", "SIGTERM"
OF_TWENTY = {CUT: 14, KILL: 4, END: 2}

_PATIENCE = 60.0


class Crowd(Clinic):
    """The small clinic, with more patients and three providers who are there around the clock; a fourth is seldom followed."""

    def __post_init__(self) -> None:
        super().__post_init__()
        hours = Availability(weekly=[WeeklyHours(weekday=day, start="00:00", end="23:40") for day in Weekday])
        both = [
            Provider(npi=npi_with_check_digit(digits), npi_verified=True, name=self.house.name)
            for digits in ("111111111", "222222222")
        ]
        third, self.quiet = (self._add(provider) for provider in both)
        self.busy = [self.house, self.stranger, third]
        for provider in self.busy:
            provider.availability, provider.visit_type_ids, provider.time_zone = hours, [self.follow_up.id], "UTC"
        more = [self._add(Patient(mrn=f"M{number}", name=self.bob.name)) for number in range(6)]
        self.patients = [self.alice, self.bob, *more]


class Siege:
    """Who follows, who books, and what happens to them meanwhile."""

    def __init__(self, settings: Settings, clinic: Crowd, servers: Servers, http: Http, strikes: int, chance: Random) -> None:
        self.cuts = 0
        self.to_come = [what for what, share in OF_TWENTY.items() for _ in range(share * strikes // 20)]
        self.callers: list[tuple[Subscriber, Caller]] = []
        self.servers = servers
        self.http = http
        self.chance = chance
        self._clinic = clinic
        self.staff, self._alice, self._bob, self._house = (
            authorization(settings, clinic, name) for name in ("staff", "alice", "bob", "house")
        )
        self.load = BookingLoad(
            http.ask,
            {
                "providers": [gid(provider) for provider in clinic.busy],
                "patients": [gid(patient) for patient in clinic.patients],
                "visitTypes": [gid(clinic.follow_up)],
            },
            chance,
        )

    async def invite(self) -> None:
        """Staff, a provider and patients, on websockets and event streams."""
        clinic, ws, sse = self._clinic, over_websocket, over_event_stream
        wandering = await self.load.begin_wandering(self.staff, gid(clinic.house), gid(clinic.alice))
        alice, bob, own = clinic.alice.id, clinic.bob.id, [clinic.house]
        self._join("staff", ws, self.staff)
        self._join("staff, two schedules", ws, self.staff, clinic.busy[1:])
        self._join("staff, event stream", sse, self.staff)
        self._join("provider", ws, self._house, own)
        self._join("patient", ws, self._alice, patient_id=alice)
        self._join("patient, event stream", sse, self._bob, patient_id=bob)
        self._join("one visit", ws, self._alice, own, patient_id=alice, appointment=wandering)
        # A kilobyte, twenty times: what waits unread is soon more than the system keeps on its way.
        more = " ".join(f"r{number}: reason" for number in range(20))
        self.slow = self._join("slow", partial(over_websocket, narrow=True), self.staff, more=more)
        self.late = self._join("late", ws, self.staff, [clinic.house, clinic.quiet])

    def _join(
        self,
        name: str,
        connect: Any,
        headers: dict[str, str],
        providers: list[Provider] | None = None,
        patient_id: str | None = None,
        appointment: str | None = None,
        **more: Any,
    ) -> Subscriber:
        followed = providers or self._clinic.busy
        subscriber = Subscriber(
            name=name,
            connect=connect,
            headers=headers,
            ask=self.http.ask,
            servers=self.servers,
            chance=self.chance,
            providers=[gid(provider) for provider in followed],
            appointment=appointment,
            **more,
        )
        local = read_global_id(appointment, [])[1] if appointment else None
        self.callers.append((subscriber, Caller([provider.id for provider in followed], patient_id, local)))
        return subscriber

    def bookers(self) -> list[Any]:
        """Those who book, until the load is stopped."""
        load = self.load
        return [
            load.run(self.staff),
            load.run(self.staff),
            load.run(self._alice, gid(self._clinic.alice)),
            load.run(self._bob, gid(self._clinic.bob)),
            load.wander(self.staff),
        ]

    async def strike(self) -> None:
        """Cuts a socket, or kills a server, or tells it to end: while another one is up, so that somebody writes."""
        await until(lambda: len(self.servers.up) > 1 or CUT in self.to_come, _PATIENCE)
        possible = self.to_come if len(self.servers.up) > 1 else [CUT]
        what = self.chance.choice(possible)
        self.to_come.remove(what)
        if what == CUT:
            await self._cut()
        else:
            self.servers.strike(self.chance.choice(self.servers.up), signal.Signals[what])

    async def _cut(self) -> None:
        await until(lambda: any(each.can_be_cut for each, _ in self.callers), _PATIENCE)
        subscriber = self.chance.choice([each for each, _ in self.callers if each.can_be_cut])
        if self.chance.random() < 0.3:
            subscriber.forget(self.chance.randrange(1, 40))
        subscriber.cut(abruptly=self.chance.random() < 0.5, after_next=self.chance.random() < 0.3)
        self.cuts += 1
