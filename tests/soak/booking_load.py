"""Callers who book, move and call off visits over HTTP, on whichever server is there, and ask again when an answer is cut off."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx

from tests.schema.appointment.desk import OPERATIONS, operation
from tests.soak.server_processes import Servers

_AWAY = frozenset({502, 503, 504})
_PATIENCE = 90.0
"""Seconds until an answer, with all attempts."""

REFUSALS = frozenset(
    {"SLOT_UNAVAILABLE", "CONFLICT", "ENDED", "NOT_MOVABLE", "UNCHANGED", "NOT_ALLOWED", "NOT_ENDED", "NOT_FOUND", "TOO_SOON"}
)
"""What random wishes meet. NOT_FOUND: patients do not see visits entered in error."""

_FIRST_DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
_LONGEST_PAUSE = 0.1
"""Seconds between an answer and the caller's next wish."""

_LONG_REASON = "Reason. " * 100
_WISHES = ["book"] * 6 + ["series"] + ["reschedule"] * 8 + ["cancel"] * 4 + ["setStatus"] * 3 + ["reinstate"] * 2

Ask = Callable[[dict[str, str], str, dict[str, Any]], Awaitable[Any]]


class Http:
    """Asks any server that is up, and another one when the answer is cut off, as a client does that knows several."""

    def __init__(self, servers: Servers, chance: Random) -> None:
        self.asked_again = 0
        self._servers = servers
        self._chance = chance
        self._client = httpx.AsyncClient(trust_env=False, timeout=20)

    async def __aenter__(self) -> "Http":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def ask(self, headers: dict[str, str], query: str, variables: dict[str, Any]) -> Any:
        """``data``; any error in the answer is a failure. Mutations need an idempotency key: they may be asked twice."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                try:
                    url = f"http://{await self._servers.choose(self._chance)}/graphql"
                    answer = await self._client.post(url, headers=headers, json={"query": query, "variables": variables})
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.status_code not in _AWAY:
                    break
                self.asked_again += 1
                await asyncio.sleep(0.05)
        body = answer.json()
        assert (answer.status_code, body.get("errors")) == (200, None), body
        return body["data"]


class BookingLoad:
    """``booked`` has the ids of all visits that were answered to be booked; ``outcomes`` counts what was answered."""

    def __init__(self, ask: Ask, wishes: dict[str, Any], chance: Random) -> None:
        """``wishes`` has lists of global ids: providers, patients, visitTypes."""
        self.booked: list[str] = []
        self.outcomes: Counter[str] = Counter()
        self._ask = ask
        self._wishes = wishes
        self._chance = chance
        self._called_off: list[str] = []
        self._wandering = ""
        self._number = 0
        self._stopped = asyncio.Event()

    async def run(self, headers: dict[str, str], patient: str | None = None) -> None:
        """Until ``stop``. With ``patient`` the caller is that patient, and acts for nobody else."""
        own: list[str] = []
        while not self._stopped.is_set():
            await self._step(headers, patient, self.booked if patient is None else own)
            await asyncio.sleep(self._chance.uniform(0, _LONGEST_PAUSE))

    async def begin_wandering(self, headers: dict[str, str], provider: str, patient: str) -> str:
        """Books the visit that ``wander`` moves, and nobody else touches. Its global id."""
        given = {**self._input("book", patient, []), "provider": provider}
        self._wandering = str((await self._answer(headers, "book", given))["appointment"]["id"])
        return self._wandering

    async def wander(self, headers: dict[str, str]) -> None:
        """Moves one visit to and fro, until ``stop``."""
        while not self._stopped.is_set():
            await self._answer(headers, "reschedule", self._input("reschedule", None, [self._wandering]))
            await asyncio.sleep(self._chance.uniform(0, 5 * _LONGEST_PAUSE))

    def stop(self) -> None:
        self._stopped.set()

    async def _step(self, headers: dict[str, str], patient: str | None, visits: list[str]) -> None:
        wish = self._chance.choice(_WISHES)
        if (wish not in {"book", "series"} and not visits) or (patient is not None and wish in {"setStatus", "reinstate"}):
            wish = "book"
        if wish == "reinstate" and not self._called_off:
            wish = "cancel"
        name = "book" if wish == "series" else wish
        payload = await self._answer(headers, name, self._input(wish, patient, visits))
        if payload["errors"]:
            return
        if name == "cancel":
            self._called_off.append(payload["appointment"]["id"])
        elif name in {"book", "reinstate"}:
            made = [visit["id"] for visit in payload.get("appointments") or [payload["appointment"]]]
            self.booked += made
            if visits is not self.booked:
                visits += made

    async def _answer(self, headers: dict[str, str], name: str, given: dict[str, Any]) -> Any:
        self._number += 1
        variables = {"input": {**given, "idempotencyKey": f"load-{self._number}"}}
        payload = (await self._ask(headers, operation(name), variables))[OPERATIONS[name].split()[1]]
        codes = {error["code"] for error in payload["errors"]}
        assert codes <= REFUSALS, f"{name}: {json.dumps(payload['errors'])}"
        self.outcomes[f"{name} {','.join(sorted(codes)) or 'done'}"] += 1
        return payload

    def _input(self, wish: str, patient: str | None, visits: list[str]) -> dict[str, Any]:
        chance = self._chance
        # Later than tomorrow, and within what patients may book; not so crowded that all is refused.
        start = (_FIRST_DAY + timedelta(days=chance.randrange(20), minutes=20 * chance.randrange(71))).isoformat()
        if wish in {"book", "series"}:
            given = {
                "provider": chance.choice(self._wishes["providers"]),
                "patient": patient or chance.choice(self._wishes["patients"]),
                "visitType": chance.choice(self._wishes["visitTypes"]),
                "start": start,
                "reason": _LONG_REASON,
            }
            return given | ({"recurrence": "FREQ=WEEKLY;COUNT=5"} if wish == "series" else {})
        if wish == "reinstate":
            return {"id": self._called_off.pop()}
        # Mostly recent ones: the others have come to their end.
        given = {"id": chance.choice(visits[-60:])}
        if wish == "reschedule":
            given["start"] = start
        if wish == "setStatus":
            given["status"] = chance.choice(["ARRIVED", "CHECKED_IN", "ENTERED_IN_ERROR"])
        return given
