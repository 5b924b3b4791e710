"""What a subscriber must have heard, and must know in the end: compared with the rows of the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.database import Database

from tests.soak.live_subscriber import Heard, Seen, Subscriber

Raw = dict[str, Any]
_WRONG = "ENTERED_IN_ERROR"


@dataclass
class Truth:
    """Read when nothing changes any more."""

    events: dict[tuple[str, int], Raw]
    visits: list[Raw]
    newest: dict[str, int]

    @classmethod
    def read(cls, database: Database[Raw]) -> "Truth":
        events = {(row["provider_id"], row["sequence"]): row for row in database["schedule_events"].find()}
        newest = {row["_id"]: row["sequence"] for row in database["schedule_feeds"].find()}
        assert set(events) == {(provider, number) for provider, last in newest.items() for number in range(1, last + 1)}
        return cls(events, list(database["appointments"].find()), newest)


@dataclass(frozen=True, slots=True)
class Caller:
    """What a subscriber follows, and as whom. Local ids. ``patient_id``: only that patient's, and none entered in error."""

    providers: list[str]
    patient_id: str | None = None
    appointment_id: str | None = None

    def hears(self, event: Raw) -> bool:
        mine = self.patient_id is None or event.get("patient_id") == self.patient_id
        asked = self.appointment_id is None or event.get("appointment_id") == self.appointment_id
        return event["provider_id"] in self.providers and mine and asked

    def sees(self, visit: Raw) -> bool:
        mine = self.patient_id is None or (visit["patient_id"] == self.patient_id and visit["status"] != _WRONG)
        asked = self.appointment_id is None or visit["_id"] == self.appointment_id
        return visit["provider_id"] in self.providers and mine and asked


def has_caught_up(subscriber: Subscriber, caller: Caller, truth: Truth) -> bool:
    """Whether the last events that the caller may hear have been heard, or passed over by a reset."""
    last = {key[0]: key[1] for key in sorted(truth.events) if caller.hears(truth.events[key])}
    return all(subscriber.positions.get(provider, 0) >= number for provider, number in last.items())


def told_count(subscriber: Subscriber) -> int:
    return sum(heard.provider_id is not None for heard in subscriber.heard)


def check_heard(subscriber: Subscriber, caller: Caller, truth: Truth) -> None:
    """Each event that the caller may hear was told once, in its order, but those that a reset stands for; and no other one."""
    before = subscriber.heard[0].positions
    assert set(before) == set(caller.providers)
    for heard in subscriber.heard[1:]:
        told = _event_of(heard, before, truth)
        assert told is None or caller.hears(told), f"{subscriber.name} heard what is not theirs: {told}"
        if told is not None:
            _check_told(heard, told, caller, truth)
            _check_silent(subscriber, caller, truth, before, heard.positions, but=told)
        before = heard.positions
    _check_silent(subscriber, caller, truth, before, {provider: truth.newest.get(provider, 0) for provider in before})


def _event_of(heard: Heard, before: dict[str, int], truth: Truth) -> Raw | None:
    """None for a reset. Positions never go back."""
    assert set(heard.positions) == set(before)
    assert all(heard.positions[provider] >= before[provider] for provider in before), f"from {before} back to {heard}"
    if heard.provider_id is None:
        return None
    number = heard.positions[heard.provider_id]
    assert number > before[heard.provider_id], f"told twice: {heard}"
    return truth.events[heard.provider_id, number]


def _check_told(heard: Heard, told: Raw, caller: Caller, truth: Truth) -> None:
    start = None if heard.previous_start is None else datetime.fromisoformat(heard.previous_start)
    assert (heard.kind, start) == (told["kind"], told.get("previous_start")), f"{heard} is not {told}"
    if heard.appointment_id is None and told.get("appointment_id") is not None:
        visit = next(row for row in truth.visits if row["_id"] == told["appointment_id"])
        assert not caller.sees(visit), f"{heard} lacks its visit"
    else:
        assert heard.appointment_id == told.get("appointment_id"), f"{heard} is not {told}"


def _check_silent(
    subscriber: Subscriber, caller: Caller, truth: Truth, after: dict[str, int], until: dict[str, int], but: Raw | None = None
) -> None:
    """Nothing lies between two positions that the caller should have heard."""
    for provider, position in after.items():
        for number in range(position + 1, until[provider] + 1):
            event = truth.events[provider, number]
            assert event is but or not caller.hears(event), f"{subscriber.name} never heard event {number} of {provider}: {event}"


def check_fold(subscriber: Subscriber, caller: Caller, truth: Truth) -> None:
    expected: dict[str, Seen] = {
        visit["_id"]: (visit["status"], _instant(visit["start"]), visit["provider_id"])
        for visit in truth.visits
        if caller.sees(visit)
    }
    wrong = {key for key in expected.keys() | subscriber.fold.keys() if expected.get(key) != subscriber.fold.get(key)}
    told = [(key, subscriber.fold.get(key), expected.get(key)) for key in sorted(wrong)[:5]]
    assert not wrong, f"{subscriber.name} is wrong about {len(wrong)} of {len(expected)} visits: {told}"


def _instant(start: datetime | None) -> str | None:
    return None if start is None else start.isoformat().replace("+00:00", "Z")
