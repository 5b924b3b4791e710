"""Releases followed over real sockets: told as they are made, by whichever process, and as holds end by the clock."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pymongo import MongoClient
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from models.identity import new_id
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization
from tests.ohms_graphql.test_live_schedule import PATIENCE, Reader
from tests.schema.record.release_desk import END, HOLD, SHOW

FOLLOW = """subscription ($after: String) { recordReleased(after: $after) {
    __typename id patient { id } release { released at cursor } } }"""
CURSOR = "{ recordReleaseCursor }"

Follow = Callable[..., AbstractContextManager[Reader]]
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def _no_old_hold(settings: Settings, served_clinic: Clinic) -> None:
    """The clinic's own hold ended long before today's clock: here as if it had been told then."""
    with MongoClient[dict[str, Any]](settings.mongodb_url, tz_aware=True) as client:
        told = {"$set": {"release.at": datetime(2026, 3, 4, tzinfo=UTC)}}
        client[settings.database]["records"].update_one({"_id": served_clinic.held_report.id}, told)


@pytest.fixture
def ask(served: str, settings: Settings, served_clinic: Clinic) -> Iterator[Ask]:
    with httpx.Client(base_url=f"http://{served}", trust_env=False, timeout=30) as http:

        def asked(caller: str, query: str, **variables: Any) -> Any:
            body = {"query": query, "variables": variables}
            answer = http.post("/graphql", json=body, headers=authorization(settings, served_clinic, caller)).json()
            assert "errors" not in answer, answer
            return answer["data"]

        yield asked


@pytest.fixture
def follow(served: str, settings: Settings, served_clinic: Clinic, ask: Ask) -> Follow:
    @contextmanager
    def following(caller: str, after: str | None = None) -> Iterator[Reader]:
        """From the cursor where things stand now, so that nothing that comes later is missed."""
        cursor = after or ask(caller, CURSOR)["recordReleaseCursor"]
        with connect(f"ws://{served}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
            socket.send(json.dumps({"type": "connection_init", "payload": authorization(settings, served_clinic, caller)}))
            assert json.loads(socket.recv(timeout=PATIENCE))["type"] == "connection_ack"
            socket.send(
                json.dumps({"id": "1", "type": "subscribe", "payload": {"query": FOLLOW, "variables": {"after": cursor}}})
            )
            yield Reader(socket, "recordReleased")

    return following


@pytest.fixture
def rows(settings: Settings) -> Iterator[Any]:
    """The database, as another process has it."""
    with MongoClient[dict[str, Any]](settings.mongodb_url, tz_aware=True) as client:
        yield client[settings.database]


def released_elsewhere(rows: Any, document: Any) -> None:
    """By another process: the event, in a transaction with the feed's count."""
    with rows.client.start_session() as session, session.start_transaction():
        patient_id = document.patient_id
        raised = {"$inc": {"sequence": 1}}
        last = rows["release_feeds"].find_one_and_update({"_id": patient_id}, raised, upsert=True, session=session)
        event = {"_id": new_id(), "patient_id": patient_id, "record_id": document.id, "at": datetime.now(UTC)}
        rows["record_releases"].insert_one({**event, "sequence": (last["sequence"] if last else 0) + 1}, session=session)


def test_the_end_of_a_hold_is_told_once_and_who_comes_back_misses_nothing(
    follow: Follow, ask: Ask, served_clinic: Clinic
) -> None:
    clinic = served_clinic
    with follow("alice") as reader:
        assert reader.is_quiet()
        until = datetime.now(UTC) + timedelta(days=1)
        given = {"record": gid(clinic.report), "reason": "RISK_OF_HARM", "until": until.isoformat()}
        assert ask("house", HOLD, input=given)["holdRelease"]["errors"] == []
        assert reader.is_quiet()
        assert ask("house", END, input={"record": gid(clinic.report)})["endHold"]["errors"] == []
        told = reader.hear()
        assert (told["id"], told["release"]["released"], reader.is_quiet()) == (gid(clinic.report), True, True)
    given = {"record": gid(clinic.note), "reason": "RISK_OF_HARM", "until": until.isoformat()}
    assert ask("house", HOLD, input=given)["holdRelease"]["errors"] == []
    assert ask("house", END, input={"record": gid(clinic.note)})["endHold"]["errors"] == []
    with follow("alice", told["release"]["cursor"]) as reader:
        assert (reader.hear()["id"], reader.is_quiet()) == (gid(clinic.note), True)


def test_a_hold_that_ends_by_itself_is_told(follow: Follow, ask: Ask, served_clinic: Clinic) -> None:
    report = served_clinic.report
    with follow("alice") as reader:
        until = datetime.now(UTC) + timedelta(seconds=1.5)
        given = {"record": gid(report), "reason": "RISK_OF_HARM", "until": until.isoformat()}
        assert ask("house", HOLD, input=given)["holdRelease"]["errors"] == []
        assert reader.hear()["id"] == gid(report)
        assert datetime.now(UTC) >= until
        assert reader.is_quiet()


def test_a_proxy_hears_of_what_a_proxy_may_see(follow: Follow, rows: Any, served_clinic: Clinic) -> None:
    clinic = served_clinic
    with follow("parent") as reader, follow("bob") as bob:
        assert reader.is_quiet()
        released_elsewhere(rows, clinic.childs_restricted_note)
        released_elsewhere(rows, clinic.report)
        released_elsewhere(rows, clinic.childs_condition)
        told = reader.hear()
        assert (told["id"], told["patient"]["id"]) == (gid(clinic.childs_condition), gid(clinic.child))
        rows["patients"].update_one({"_id": clinic.child.id}, {"$set": {"proxies.0.scope": ["APPOINTMENTS"]}})
        released_elsewhere(rows, clinic.childs_condition)
        assert reader.is_quiet()
        assert bob.is_quiet()


def test_what_the_patient_asked_to_wait_for_is_told_when_shown(
    follow: Follow, ask: Ask, rows: Any, served_clinic: Clinic
) -> None:
    note = served_clinic.note
    until = datetime.now(UTC) + timedelta(days=1)
    hold = {"reason": "PATIENT_REQUEST", "until": until, "by_id": served_clinic.house.id}
    rows["records"].update_one({"_id": note.id}, {"$set": {"release": {"at": None, "hold": hold}}})
    with follow("alice") as reader:
        [waiting] = ask("alice", "{ viewer { patient { waitingResults { id kind } } } }")["viewer"]["patient"]["waitingResults"]
        assert waiting["kind"] == "CLINICAL_NOTE"
        assert ask("alice", SHOW, input={"waitingResult": waiting["id"]})["showMyResult"]["errors"] == []
        assert reader.hear()["id"] == gid(note)


@pytest.mark.parametrize("cursor", ["x", "W10x", "bnVsbA"])
def test_a_cursor_that_is_not_known_is_refused(follow: Follow, cursor: str) -> None:
    with follow("alice", cursor) as reader:
        message = reader.message()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == "UNKNOWN_CURSOR"
