"""GraphQL over Server-Sent Events, on a real socket."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization
from tests.ohms_graphql.test_live_schedule import FOLLOW, written_elsewhere

EVENTS = {"accept": "text/event-stream"}
SIGN_IN = 'mutation { signIn(input: {email: "nobody@ohms.example", password: "x"}) { errors { __typename } } }'


class Stream:
    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def frame(self) -> tuple[str, Any]:
        """The next event and its data; heartbeats are passed over. An empty name at the end of the stream."""
        event, data = "", None
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                data = json.loads(value) if value else None
            elif not line and event:
                return event, data
        return "", None

    def rest(self) -> list[str]:
        return list(self._lines)


Open = Callable[..., AbstractContextManager[Stream]]


@pytest.fixture
def open_stream(served: str, settings: Settings, served_clinic: Clinic) -> Iterator[Open]:
    with httpx.Client(base_url=f"http://{served}", trust_env=False, timeout=15) as http:

        @contextmanager
        def opened(caller: str | None, query: str, method: str = "POST", **variables: Any) -> Iterator[Stream]:
            headers = EVENTS | ({} if caller is None else authorization(settings, served_clinic, caller))
            asked: dict[str, Any] = {"json": {"query": query, "variables": variables}}
            if method == "GET":
                asked = {"params": {"query": query, "variables": json.dumps(variables)}}
            with http.stream(method, "/graphql", headers=headers, **asked) as response:
                yield Stream(response)

        yield opened


@pytest.fixture
def rows(settings: Settings) -> Iterator[Any]:
    with MongoClient[dict[str, Any]](settings.mongodb_url, tz_aware=True) as client:
        yield client[settings.database]


def write_until(stop: threading.Event, rows: Any, provider_id: str) -> None:
    while not stop.wait(0.05):
        written_elsewhere(rows, provider_id)


@contextmanager
def something_always_happens(rows: Any, provider_id: str) -> Iterator[None]:
    """A subscriber cannot know when a stream is open: it is told of what happens after that."""
    stop = threading.Event()
    writer = threading.Thread(target=write_until, args=(stop, rows, provider_id))
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def test_a_schedule_is_followed_and_followed_on_from_a_cursor(open_stream: Open, rows: Any, served_clinic: Clinic) -> None:
    house = served_clinic.house
    with (
        something_always_happens(rows, house.id),
        open_stream("staff", FOLLOW, providers=[gid(house)]) as stream,
    ):
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert "no-cache" in stream.response.headers["cache-control"]
        event, body = stream.frame()
        told = body["data"]["scheduleChanged"]
        assert (event, told["kind"]) == ("next", "AVAILABILITY_CHANGED")
        second = stream.frame()[1]["data"]["scheduleChanged"]["cursor"]
    written_elsewhere(rows, house.id)
    with open_stream("staff", FOLLOW, "GET", providers=[gid(house)], after=told["cursor"]) as stream:
        assert stream.frame()[1]["data"]["scheduleChanged"]["cursor"] == second


def test_a_query_and_a_mutation_have_one_result(open_stream: Open) -> None:
    with open_stream("staff", "{ viewer { roles } }", "GET") as stream:
        event, body = stream.frame()
        assert (event, body["data"]) == ("next", {"viewer": {"roles": ["STAFF"]}})
        assert (stream.frame(), stream.rest()) == (("complete", None), [])
    with open_stream(None, SIGN_IN) as stream:
        assert stream.frame()[1]["data"]["signIn"]["errors"]
        assert stream.frame() == ("complete", None)


@pytest.mark.parametrize(
    ("caller", "query", "method", "code"),
    [
        ("staff", "{ nothing }", "POST", "GRAPHQL_VALIDATION_FAILED"),
        ("staff", "{", "POST", "GRAPHQL_PARSE_FAILED"),
        ("analyst", FOLLOW, "POST", "FORBIDDEN"),
        (None, FOLLOW, "POST", "UNAUTHENTICATED"),
        (
            "staff",
            'mutation { signIn(input: {email: "a@b.example", password: "x"}) { errors { __typename } } }',
            "GET",
            "BAD_REQUEST",
        ),
    ],
)
def test_what_is_refused_is_told_in_the_stream(
    open_stream: Open, served_clinic: Clinic, caller: str | None, query: str, method: str, code: str
) -> None:
    variables = {"providers": [gid(served_clinic.house)]} if query is FOLLOW else {}
    with open_stream(caller, query, method, **variables) as stream:
        assert stream.response.status_code == 200
        event, body = stream.frame()
        assert (event, body.get("data")) == ("next", None)
        assert body["errors"][0]["extensions"]["code"] == code
        assert stream.frame() == ("complete", None)


def test_what_is_not_a_request_has_the_status_of_http(served: str) -> None:
    url = f"http://{served}/graphql"
    with httpx.Client(trust_env=False, headers=EVENTS) as http:
        assert http.post(url, content=b"{", headers={"content-type": "application/json"}).status_code == 400
        assert http.post(url, content=b"{}", headers={"content-type": "text/plain"}).status_code == 415
        bad = http.post(url, json={"query": "{ viewer { roles } }"}, headers={"authorization": "Bearer x"})
        assert (bad.status_code, "invalid_token" in bad.headers["www-authenticate"]) == (401, True)


@pytest.mark.parametrize(
    ("fields", "code"), [({"roles": ["ADMIN"]}, "FORBIDDEN"), ({"status": "DEACTIVATED"}, "UNAUTHENTICATED")]
)
def test_who_loses_the_right_hears_no_more(open_stream: Open, rows: Any, served_clinic: Clinic, fields: Any, code: str) -> None:
    house = served_clinic.house
    with (
        something_always_happens(rows, house.id),
        open_stream("house", FOLLOW, providers=[gid(house)]) as stream,
    ):
        assert "data" in stream.frame()[1]
        rows["accounts"].update_one({"_id": served_clinic.accounts["house"].id}, {"$set": fields})
        changed = time.monotonic()
        frames = []
        while (frame := stream.frame())[0] == "next":
            frames.append(frame[1])
        assert frames[-1]["errors"][0]["extensions"]["code"] == code
        assert frame == ("complete", None)
        assert time.monotonic() - changed < 5


def test_who_goes_away_is_forgotten(open_stream: Open, rows: Any, served_clinic: Clinic) -> None:
    for _ in range(20):
        # It follows before it is left: PyMongo leaks a socket when a task is cancelled while it connects.
        with open_stream("house", FOLLOW, providers=[gid(served_clinic.house)], after="x") as stream:
            assert stream.frame()[1]["data"]["scheduleChanged"]["__typename"] == "ScheduleReset"
    with open_stream("staff", FOLLOW, providers=[gid(served_clinic.house)], after="x") as stream:
        assert stream.frame()[1]["data"]["scheduleChanged"]["__typename"] == "ScheduleReset"
