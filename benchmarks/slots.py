"""``python -m benchmarks.slots``: free slots of 200 providers over 30 days, asked by one patient over HTTP.

Server time as the caller sees it on this machine, one question at a time; and MongoDB's own count of commands.
"""

import argparse
import asyncio
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson

from benchmarks.asking import Request, ask
from benchmarks.clinic import MeasuredClinic, measured_clinic
from benchmarks.errors import BenchmarkError
from benchmarks.machine import cpu_seconds, description, divide_cores
from benchmarks.measurement import commands_of
from benchmarks.progress import say
from benchmarks.servers import Server, served
from benchmarks.stored_ring import tokens_with_stored_keys
from models.busy_day import BusyDay, BusyPeriod, busy_day_id
from models.identity import new_id
from models.money import Money
from models.provider import Availability, Provider, Weekday, WeeklyHours
from models.role import Role
from models.values import HumanName
from models.visit_type import VisitMode, VisitType
from ohms_graphql.database import open_database
from ohms_graphql.errors import OhmsError
from ohms_graphql.keys.master_key import master_key_of
from ohms_graphql.settings import Settings
from resolvers.scheduling.wall_clock import instant_from, zone_of
from schema.node import global_id

PROVIDERS = 200
DAYS = 30
TARGET_MILLISECONDS = 50
_ZONES = ["America/New_York", "America/Chicago", "America/Los_Angeles", "America/Phoenix", "Europe/London", "America/Denver"]
_BOOKED_OUT_DAYS = 28
_QUERY = """query Slots($where: SlotSearch!, $first: Int, $after: String) {
  availableSlots(where: $where, first: $first, after: $after) {
    nodes { start end timeZone modes provider { id name { text } } visitType { id name } }
    pageInfo { hasNextPage endCursor } %s } }"""


@dataclass(frozen=True, slots=True)
class Question:
    """``rows`` is the least number of slots that its answer has to have."""

    name: str
    variables: dict[str, Any]
    rows: int
    more: str = ""

    @property
    def body(self) -> bytes:
        return orjson.dumps({"query": _QUERY % self.more, "variables": self.variables})


@dataclass(frozen=True, slots=True)
class Figures:
    """``first`` is the time of the very first question of this kind; all in milliseconds."""

    name: str
    first: float
    p50: float
    p99: float
    cpu: float | None
    commands: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slots", description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="how often each question is asked (200)")
    arguments = parser.parse_args()
    if arguments.times < 10:
        parser.error("--times starts at 10")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="ohms-benchmark-") as folder:
            _run(arguments.times, Path(folder))
    except (BenchmarkError, OhmsError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(times: int, folder: Path) -> None:
    conditions, core = description(), divide_cores()
    with measured_clinic(folder) as clinic:
        say(f"{2 * PROVIDERS} providers, half of whom are booked out for {_BOOKED_OUT_DAYS} days ...")
        open_id, full_id = asyncio.run(_crowd(clinic.settings))
        token = _token_of_a_patient(clinic)
        with served("OHMS", ["ohms_graphql", "serve"], clinic.variables, core, folder / "ohms.log") as server:
            figures = [
                _measure(question, server, token, clinic, times) for question in _questions(server, token, open_id, full_id)
            ]
    print(_report(figures, conditions, times))


def _questions(server: Server, token: str, open_id: str, full_id: str) -> list[Question]:
    until = (datetime.now(UTC) + timedelta(days=DAYS)).isoformat()
    where = {"visitType": global_id("VisitType", open_id), "to": until}
    first = Question("first page", {"where": where, "first": 50}, 50)
    after = None
    for _ in range(20):
        answer = _answer(_request(first, server, token, after=after))
        after = answer["pageInfo"]["endCursor"]
    return [
        first,
        Question("page 21", {"where": where, "first": 50, "after": after}, 50),
        Question("first page, booked out", {"where": where | {"visitType": global_id("VisitType", full_id)}, "first": 50}, 1),
        Question("first page, counted", {"where": where, "first": 50}, 50, "totalCount"),
    ]


def _request(question: Question, server: Server, token: str, **more: Any) -> Request:
    asked = Question(question.name, question.variables | more, question.rows, question.more)
    return Request("POST", server.port, "/graphql", token, asked.body)


def _answer(request: Request) -> Any:
    told = orjson.loads(ask(request))
    if "errors" in told:
        raise BenchmarkError(f"OHMS refuses: {told['errors'][0]['message']}")
    return told["data"]["availableSlots"]


def _measure(question: Question, server: Server, token: str, clinic: MeasuredClinic, times: int) -> Figures:
    say(f"  {question.name}, {times} times ...")
    request = _request(question, server, token)
    begin = time.perf_counter()
    rows = len(_answer(request)["nodes"])
    first = (time.perf_counter() - begin) * 1e3
    if rows < question.rows:
        raise BenchmarkError(f"{question.name}: {rows} slots, not {question.rows}.")
    before, taken = cpu_seconds(server.pid), []
    for _ in range(times):
        begin = time.perf_counter()
        ask(request)
        taken.append((time.perf_counter() - begin) * 1e3)
    after = cpu_seconds(server.pid)
    cpu = None if before is None or after is None else (after - before) / times * 1e3
    p99 = statistics.quantiles(taken, n=100)[98]
    return Figures(question.name, first, statistics.median(taken), p99, cpu, commands_of(request, clinic))


def _token_of_a_patient(clinic: MeasuredClinic) -> str:
    account = clinic.client["benchmark"]["accounts"].find_one({"roles": [Role.PATIENT.value], "status": "ACTIVE"})
    if account is None:
        raise BenchmarkError("No patient of the demo clinic has an account.")
    return tokens_with_stored_keys(clinic.settings).issue(account["_id"], new_id()).value


async def _crowd(settings: Settings) -> tuple[str, str]:
    """The ids of two visit types that 200 providers each offer, those of the second nearly without a free slot."""
    chance = Random(29)
    async with open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)):
        ids = []
        for booked_out in (False, True):
            visit_type = VisitType(
                name="Booked out" if booked_out else "Open",
                duration_minutes=30,
                buffer_after_minutes=10,
                slot_interval_minutes=15,
                modes=[VisitMode.IN_PERSON, VisitMode.VIDEO],
                price=Money(minor_units=9000, currency="USD"),
            )
            await visit_type.insert()
            providers = [_provider(number, visit_type.id) for number in range(PROVIDERS)]
            await Provider.insert_many(providers)
            today = datetime.now(UTC).date()
            days = [
                _busy(provider, today + timedelta(days=number), chance, booked_out=booked_out and number < _BOOKED_OUT_DAYS)
                for provider in providers
                for number in range(-1, DAYS + 2)
            ]
            await BusyDay.insert_many(days)
            ids.append(visit_type.id)
    return ids[0], ids[1]


def _provider(number: int, visit_type_id: str) -> Provider:
    """On weekdays from eight to twelve and from one to five, where they are."""
    weekly = [
        WeeklyHours(weekday=day, start=start, end=end)
        for day in list(Weekday)[:5]
        for start, end in (("08:00", "12:00"), ("13:00", "17:00"))
    ]
    return Provider(
        npi=f"B{number}",
        npi_verified=False,
        name=HumanName(family=f"Benchmark{number:03}", given=["Bea"]),
        time_zone=_ZONES[number % len(_ZONES)],
        visit_type_ids=[visit_type_id],
        availability=Availability(weekly=weekly, minimum_notice_minutes=60),
    )


def _busy(provider: Provider, day: date, chance: Random, *, booked_out: bool) -> BusyDay:
    """Of the half hours from eight to five half are taken, or all. What lies past midnight in UTC is left with the day before."""
    begin = instant_from(datetime.combine(day, datetime.min.time()) + timedelta(hours=8), zone_of(provider.time_zone))
    starts = [begin + timedelta(minutes=30 * number) for number in range(18) if booked_out or chance.random() < 0.5]
    periods = [BusyPeriod(start=start, end=start + timedelta(minutes=30), appointment_id=new_id()) for start in starts]
    return BusyDay(id=busy_day_id(provider.id, begin.date()), owner_id=provider.id, day=begin.date(), periods=periods)


def _report(figures: list[Figures], conditions: dict[str, object], times: int) -> str:
    lines = [
        f"{conditions['processor']}, {conditions['cores']} cores, load before {conditions['load']}",
        f"{PROVIDERS} providers, {DAYS} days, pages of 50, each asked {times} times by one patient alone; milliseconds",
        "",
        f"{'question':24}{'p50':>8}{'p99':>8}{'first':>8}{'CPU':>8}{'commands':>10}",
    ]
    for each in figures:
        cpu = "?" if each.cpu is None else f"{each.cpu:.1f}"
        lines.append(f"{each.name:24}{each.p50:8.1f}{each.p99:8.1f}{each.first:8.1f}{cpu:>8}{each.commands:10}")
    verdict = "met" if figures[0].p50 < TARGET_MILLISECONDS else "missed"
    lines += ["", f"First page: {figures[0].p50:.1f} ms; target: under {TARGET_MILLISECONDS} ms: {verdict}."]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
