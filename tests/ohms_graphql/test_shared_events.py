"""Many who follow one schedule: each gets what they would get alone."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pymongo import MongoClient
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from benchmarks.stored_ring import tokens_with_stored_keys
from models.account import AccountEmail
from models.identity import new_id
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.test_live_schedule import Reader, ask, book  # noqa: F401  # fixtures

pytestmark = pytest.mark.usefixtures("served_clinic")


@pytest.fixture
def rows(settings: Settings) -> Iterator[Any]:
    with MongoClient[dict[str, Any]](settings.mongodb_url, tz_aware=True) as client:
        yield client[settings.database]


@pytest.fixture
def staff(rows: Any, served_clinic: Clinic) -> list[str]:
    """Three members of staff, by account."""
    one = rows["accounts"].find_one({"_id": served_clinic.accounts["staff"].id})
    more = [{**one, "_id": new_id(), "email": AccountEmail(f"desk-{number}@ohms.example").sealed} for number in range(2)]
    rows["accounts"].insert_many(more)
    return [one["_id"], *(account["_id"] for account in more)]


Follow = Callable[..., list[Reader]]


@pytest.fixture
def follow(served: str, settings: Settings, served_clinic: Clinic) -> Iterator[Follow]:
    """A socket for each account, with the operation's variables for each."""
    with ExitStack() as sockets:

        def following(selection: str, accounts: list[str], declared: str = "", variables: Any = None) -> list[Reader]:
            tokens = tokens_with_stored_keys(settings)
            readers = []
            for number, account in enumerate(accounts):
                socket = sockets.enter_context(
                    connect(f"ws://{served}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None)
                )
                header = {"authorization": f"Bearer {tokens.issue(account, new_id()).value}"}
                socket.send(json.dumps({"type": "connection_init", "payload": header}))
                socket.recv(timeout=10)
                query = (
                    f"subscription($providers: [ID!]!, $after: String{declared}) "
                    f"{{ scheduleChanged(providers: $providers, after: $after) {{ __typename {selection} }} }}"
                )
                given = {"providers": [gid(served_clinic.house)], "after": f"unknown {number}", **(variables or [{}] * 9)[number]}
                socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query, "variables": given}}))
                reader = Reader(socket, "scheduleChanged")
                assert reader.hear()["__typename"] == "ScheduleReset"
                readers.append(reader)
            return readers

        yield following


def test_all_are_told_the_same_and_each_has_entries_of_their_own(
    follow: Follow,
    book: Callable[..., str],  # noqa: F811
    staff: list[str],
    rows: Any,
    served_clinic: Clinic,
) -> None:
    readers = follow("... on ScheduleEvent { cursor appointment { id status patient { mrn } } }", staff)
    visits = [book() for _ in range(3)]
    for reader in readers:
        for visit in visits:
            told = reader.hear()["appointment"]
            assert told == {"id": visit, "status": "BOOKED", "patient": {"mrn": "M0000000001"}}
    for account in staff:
        entries = list(rows["audit_events"].find({"actor_id": account, "action": "Subscription.scheduleChanged"}))
        assert len(entries) == len(visits)
        for entry in entries:
            [part] = entry["about"]
            assert part["patient_id"] == served_clinic.alice.id
            assert {subject.partition(":")[0] for subject in part["subjects"]} == {"ScheduleEvent", "Appointment", "Patient"}
            assert "Patient.mrn" in entry["fields"]


def test_what_is_made_for_the_caller_is_made_for_each(
    follow: Follow,
    book: Callable[..., str],  # noqa: F811
    staff: list[str],
) -> None:
    readers = follow("... on ScheduleEvent { appointment { calendarUrl } }", staff)
    book()
    links = [reader.hear()["appointment"]["calendarUrl"] for reader in readers]
    assert len(set(links)) == len(staff)


def test_variables_of_the_fields_count(follow: Follow, book: Callable[..., str], staff: list[str]) -> None:  # noqa: F811
    readers = follow(
        "... on ScheduleEvent { kind appointment @include(if: $wanted) { status } }",
        staff,
        ", $wanted: Boolean!",
        [{"wanted": True}, {"wanted": False}, {"wanted": True}],
    )
    book()
    assert ["appointment" in reader.hear() for reader in readers] == [True, False, True]


def test_roles_count(follow: Follow, book: Callable[..., str], staff: list[str], served_clinic: Clinic) -> None:  # noqa: F811
    accounts = [*staff, *(served_clinic.accounts[name].id for name in ("house", "alice", "bob"))]
    readers = follow("... on ScheduleEvent { appointment { patient { mrn } } }", accounts)
    book()
    assert {reader.hear()["appointment"]["patient"]["mrn"] for reader in readers[:-1]} == {"M0000000001"}
    assert readers[-1].is_quiet()
