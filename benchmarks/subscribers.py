"""``python -m benchmarks.subscribers``: many sockets on one process follow a schedule; how long a change takes to reach all.

Every follower has an account of its own, unless --accounts says otherwise. A change is a booking on another process of OHMS; its
time counts from the answer there, just after the commit, to the last byte that the last follower gets.
"""

import argparse
import asyncio
import signal
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import uvloop

from benchmarks.clinic import MeasuredClinic, measured_clinic
from benchmarks.errors import BenchmarkError
from benchmarks.machine import cpu_seconds, divide_cores, resident_mebibytes
from benchmarks.progress import say
from benchmarks.servers import Server, served
from benchmarks.socket_crowd import Crowd
from benchmarks.stored_ring import tokens_with_stored_keys
from models.account import AccountEmail
from models.identity import new_id
from ohms_graphql.demo.cast import SHOWCASE_PROVIDER_ID
from ohms_graphql.errors import OhmsError
from schema.node import global_id

MOST_SECONDS = 1.0
MOST_MEBIBYTES = 1024.0

_FOLLOW = """subscription Board($providers: [ID!]!, $after: String) { scheduleChanged(providers: $providers, after: $after) {
  __typename
  ... on ScheduleEvent { cursor kind at previousStart appointment { id status start end patient { id name { text } } } }
  ... on ScheduleReset { cursor reason } } }"""
_BOOK = """mutation($input: BookAppointmentInput!) { bookAppointment(input: $input) {
  appointment { id } errors { __typename ... on UserError { message } } } }"""


def main() -> int:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="ohms-benchmark-") as folder:
            return _run(arguments, Path(folder))
    except (BenchmarkError, OhmsError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.subscribers", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=5000, help="sockets that follow (5000)")
    parser.add_argument("--accounts", type=int, help="callers that they belong to (each its own)")
    parser.add_argument("--changes", type=int, default=5, help="bookings, one after the other (5)")
    return parser.parse_args()


def _run(arguments: argparse.Namespace, folder: Path) -> int:
    core = divide_cores()
    with measured_clinic(folder) as clinic:
        tokens = _staff(clinic, arguments.accounts or arguments.subscribers)
        with (
            served("OHMS", ["ohms_graphql", "serve"], clinic.variables, core, folder / "ohms.log") as server,
            served("the other OHMS", ["ohms_graphql", "serve"], clinic.variables, None, folder / "other.log") as other,
        ):
            return uvloop.run(_measure(clinic, server, other, tokens, arguments))


def _staff(clinic: MeasuredClinic, count: int) -> list[str]:
    """Tokens of as many members of staff as are asked for."""
    accounts = clinic.client[clinic.settings.database]["accounts"]
    one = accounts.find_one({"roles": ["STAFF"]})
    if one is None:
        raise BenchmarkError("The demo clinic has no staff.")
    staff = [{**one, "_id": new_id(), "email": AccountEmail(f"staff-{number}@ohms.example").sealed} for number in range(count)]
    accounts.insert_many(staff)
    tokens = tokens_with_stored_keys(clinic.settings)
    return [tokens.issue(account["_id"], new_id()).value for account in staff]


async def _measure(
    clinic: MeasuredClinic, server: Server, other: Server, tokens: list[str], arguments: argparse.Namespace
) -> int:
    # An unknown cursor is answered at once, by a reset: so everybody knows that they follow.
    variables = {"providers": [global_id("Provider", SHOWCASE_PROVIDER_ID)], "after": "none"}
    crowd = Crowd(server.port, tokens, _FOLLOW, variables)
    alone = resident_mebibytes(server.pid)
    say(f"{arguments.subscribers} sockets connect ...")
    began = time.perf_counter()
    await crowd.join(arguments.subscribers)
    connected = time.perf_counter() - began
    full = resident_mebibytes(server.pid)
    seconds: list[float] = []
    shares: list[float] = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{other.port}", trust_env=False, timeout=60) as http:
        for number in range(arguments.changes):
            busy = cpu_seconds(server.pid) or 0.0
            booked = await _book(http, clinic, tokens[0], number)
            last = await crowd.heard(number + 2)
            seconds.append(last - booked)
            shares.append((cpu_seconds(server.pid) or 0.0) - busy)
            say(f"Change {number + 1}: all heard of it {seconds[-1]:.2f} s after the answer")
            await asyncio.sleep(1)
    _check(crowd, arguments.changes)
    peak = resident_mebibytes(server.pid)
    crowd.close()
    print(f"subscribers         {arguments.subscribers}, of {min(len(tokens), arguments.subscribers)} accounts")
    print(f"connected in        {connected:.1f} s")
    print(f"memory              {alone:.0f} MiB alone, {full:.0f} with all, {peak:.0f} after changes (< {MOST_MEBIBYTES:.0f})")
    print(f"a change to all     {statistics.median(seconds):.2f} s (median), {max(seconds):.2f} s (most) (< {MOST_SECONDS:.0f})")
    print(f"processor time      {statistics.median(shares):.2f} s of the server for a change")
    return 0 if peak < MOST_MEBIBYTES and max(seconds) < MOST_SECONDS else 3


async def _book(http: httpx.AsyncClient, clinic: MeasuredClinic, token: str, number: int) -> float:
    """The instant of the answer."""
    database = clinic.client[clinic.settings.database]
    patient = database["patients"].find_one({}, {"_id": 1}, skip=number)
    provider = database["providers"].find_one({"_id": SHOWCASE_PROVIDER_ID}, {"visit_type_ids": 1})
    if patient is None or provider is None:
        raise BenchmarkError("The demo clinic has too few patients.")
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=3000, hours=number)
    given: dict[str, Any] = {
        "provider": global_id("Provider", SHOWCASE_PROVIDER_ID),
        "patient": global_id("Patient", patient["_id"]),
        "visitType": global_id("VisitType", provider["visit_type_ids"][0]),
        "start": start.isoformat(),
        "override": {"reason": "Benchmark"},
    }
    answer = await http.post(
        "/graphql", json={"query": _BOOK, "variables": {"input": given}}, headers={"authorization": f"Bearer {token}"}
    )
    body = answer.json()
    if body.get("errors") or body["data"]["bookAppointment"]["errors"]:
        raise BenchmarkError(f"A booking was refused: {body}")
    return time.perf_counter()


def _check(crowd: Crowd, changes: int) -> None:
    """Everybody was told the same, and that in full."""
    for follower in crowd.followers:
        told = [orjson.loads(message)["payload"]["data"]["scheduleChanged"] for message in follower.told]
        kinds = [each.get("kind", each["__typename"]) for each in told]
        if kinds != ["ScheduleReset"] + ["BOOKED"] * changes or not told[-1]["appointment"]["patient"]["name"]["text"]:
            raise BenchmarkError(f"A follower was told {kinds}.")


if __name__ == "__main__":
    sys.exit(main())
