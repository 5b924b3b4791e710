"""Asking over the network: a payer that answers, refuses, delays, lies and dies."""

import asyncio
import gzip
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from models.coverage import EligibilityOutcome
from ohms_graphql.eligibility.clearing_house import LARGEST, ClearingHouse, House, Patience
from tests.ohms_graphql.eligibility.payer import Payer, Reply, answer, payer
from tests.ohms_graphql.eligibility.questions import OWN

QUICK = Patience(total=10.0, single=0.5, tries=3, pause=0.01)
SECRETS = ("W123456", "Müller", "Alice", "1980", "a-key")


@pytest.fixture
def standing_in() -> Iterator[Payer]:
    with payer() as found:
        yield found


@pytest.fixture(autouse=True)
def _nothing_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG, "ohms_graphql")
    yield
    assert not [secret for secret in SECRETS if secret in caplog.text]


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def house(url: str, patience: Patience = QUICK, clock: Any = monotonic) -> ClearingHouse:
    return ClearingHouse(House(url=url, key="a-key", organization="Clinic", npi="1234567893", currency="USD"), patience, clock)


def truth(**more: Any) -> dict[str, Any]:
    return answer({"controlNumber": "1", "subscriber": {"memberId": OWN.member_id}}, **more)


async def test_it_asks_with_its_key_and_reads_the_answer(standing_in: Payer) -> None:
    found = await house(standing_in.url).ask(OWN)
    assert (found.outcome, found.in_force, len(found.rows)) == (EligibilityOutcome.COMPLETE, True, 3)
    [headers], [question] = standing_in.headers, standing_in.asked
    assert headers["authorization"] == "Bearer a-key"
    assert question["subscriber"]["memberId"] == "W123456"
    assert len(question["controlNumber"]) == 9


@pytest.mark.parametrize(
    "first",
    [Reply(status=429), Reply(status=502), Reply(status=503), Reply(status=504), Reply(silent=True), Reply(truth(), dies=True)],
)
async def test_what_may_be_by_chance_is_tried_again(standing_in: Payer, first: Reply) -> None:
    standing_in.replies = [first, Reply(truth())]
    assert (await house(standing_in.url).ask(OWN)).in_force is True
    assert len(standing_in.asked) == 2


@pytest.mark.parametrize("always", [Reply(status=503), Reply(silent=True), Reply(truth(), dies=True)])
async def test_it_gives_up_after_three_tries(standing_in: Payer, always: Reply) -> None:
    standing_in.replies = [always]
    found = await house(standing_in.url).ask(OWN)
    assert (found.outcome, found.in_force, found.rows) == (EligibilityOutcome.ERROR, None, [])
    assert len(standing_in.asked) == 3


async def test_all_tries_together_have_an_end(standing_in: Payer) -> None:
    standing_in.replies = [Reply(silent=True)]
    found = await house(standing_in.url, replace(QUICK, total=0.2, single=5.0)).ask(OWN)
    assert (found.outcome, found.message) == (EligibilityOutcome.ERROR, "The payer did not answer in time.")
    assert len(standing_in.asked) == 1


@pytest.mark.parametrize(
    "lie",
    [
        Reply(b"<html>Maintenance</html>", headers={"content-type": "text/html"}),
        Reply(b""),
        Reply(b"\xff\xfe\xff"),
        Reply(b"[" * 100_000),
        Reply(b'{"planStatus": NaN}'),
        Reply(json.dumps(truth()).encode() + b" " * LARGEST),
        Reply(b" " * 10_000_000),
        Reply(gzip.compress(json.dumps(truth()).encode()), headers={"content-encoding": "gzip"}),
        Reply(["another", "shape"]),
        Reply({"subscriber": {"memberId": "W999"}, "planStatus": [{"statusCode": "1"}]}),
        Reply({"errors": [{"code": "42", "description": "Alice Müller W123456"}]}),
        Reply(truth(), status=201),
        Reply(status=302, headers={"location": "/elsewhere"}),
        Reply(status=400),
        Reply(status=401),
        Reply(status=500),
    ],
)
async def test_nonsense_is_no_answer_and_is_not_asked_for_again(standing_in: Payer, lie: Reply) -> None:
    standing_in.replies = [lie]
    found = await house(standing_in.url).ask(OWN)
    assert (found.outcome, found.in_force, found.rows) == (EligibilityOutcome.ERROR, None, [])
    assert len(standing_in.asked) == 1
    assert not [secret for secret in SECRETS if secret in (found.message or "")]


async def test_nobody_at_home_is_no_answer() -> None:
    with payer() as gone:
        url = gone.url
    found = await house(url).ask(OWN)
    assert (found.outcome, found.message) == (EligibilityOutcome.ERROR, "The clearing house cannot be reached.")


async def test_who_fails_again_and_again_is_left_alone_for_a_while(standing_in: Payer) -> None:
    clock = Seconds()
    asking = house(standing_in.url, replace(QUICK, tries=1), clock)
    standing_in.replies = [Reply(status=503)]
    for _ in range(7):
        assert (await asking.ask(OWN)).outcome is EligibilityOutcome.ERROR
    assert len(standing_in.asked) == 5
    assert (await asking.ask(replace(OWN, payer_id="another"))).outcome is EligibilityOutcome.ERROR
    assert len(standing_in.asked) == 6  # another payer may be well
    clock.now = 60.0
    standing_in.replies = [Reply(silent=True), Reply(truth())]
    async with asyncio.TaskGroup() as both:
        for _ in range(2):
            both.create_task(asking.ask(OWN))
    assert len(standing_in.asked) == 7  # one tries, the other does not
    clock.now = 120.0
    assert (await asking.ask(OWN)).in_force is True
    assert (await asking.ask(OWN)).in_force is True
    assert len(standing_in.asked) == 9


async def test_who_is_cancelled_while_trying_does_not_keep_it_closed(standing_in: Payer) -> None:
    clock = Seconds()
    asking = house(standing_in.url, replace(QUICK, tries=1, single=5.0), clock)
    standing_in.replies = [Reply(status=503)]
    for _ in range(5):
        await asking.ask(OWN)
    clock.now = 60.0
    standing_in.replies = [Reply(silent=True), Reply(truth())]
    task = asyncio.create_task(asking.ask(OWN))
    await asyncio.to_thread(standing_in.silence.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    clock.now = 120.0
    assert (await asking.ask(OWN)).in_force is True
