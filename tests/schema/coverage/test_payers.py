"""Payers: made and changed by name, by those who run the clinic."""

import asyncio
from typing import Any

from models.audit_event import AuditEvent
from models.payer import Payer
from tests.schema.coverage.office import SET_PAYER, Office, refusals


async def test_a_payer_is_made_and_changed_by_its_name(office: Office) -> None:
    made = (await office.set_payer(name=" Blue  Cross ", electronicId="00123", discountPercent="12.5"))["payer"]
    assert (made["name"], made["electronicId"], made["discountPercent"]) == ("Blue Cross", "00123", "12.5")
    assert (made["inNetwork"], made["active"], made["revision"]) == (True, True, 1)
    changed = (await office.set_payer("admin", name="BLUE CROSS", inNetwork=False, expectedRevision=1))["payer"]
    assert (changed["id"], changed["name"], changed["electronicId"]) == (made["id"], "BLUE CROSS", "00123")
    assert (changed["inNetwork"], changed["discountPercent"], changed["revision"]) == (False, "12.5", 2)
    assert (await office.set_payer(name="Blue Cross", electronicId=None))["payer"]["electronicId"] is None
    assert await Payer.find_all().count() == 1
    assert await AuditEvent.find({"action": "Mutation.setPayer", "outcome": "SUCCESS"}).count() >= 3


async def test_what_cannot_be_is_refused_by_field(office: Office) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"electronicId": ""}, "electronicId"),
        ({"electronicId": "1*2"}, "electronicId"),
        ({"electronicId": "1" * 81}, "electronicId"),
        ({"discountPercent": "100.5"}, "discountPercent"),
        ({"discountPercent": "-1"}, "discountPercent"),
        ({"discountPercent": "1.234"}, "discountPercent"),
    ]
    for given, path in wrong:
        assert refusals(await office.set_payer(**given)) == [("INVALID", path)], given
    assert await Payer.find_all().count() == 0


async def test_racers_make_one_and_who_has_seen_an_older_one_is_told(office: Office) -> None:
    payloads = await asyncio.gather(*(office.set_payer(electronicId=str(number)) for number in range(6)))
    assert [refusals(payload) for payload in payloads] == [[]] * 6
    [payer] = await Payer.find_all().to_list()
    assert payer.revision == 6
    payloads = await asyncio.gather(*(office.set_payer(discountPercent=str(number), expectedRevision=6) for number in range(4)))
    assert sorted(map(refusals, payloads)) == [[]] + [[("CONFLICT", "expectedRevision")]] * 3
    assert refusals(await office.set_payer(name="Unknown", expectedRevision=1)) == [("CONFLICT", "expectedRevision")]


async def test_others_may_not(office: Office) -> None:
    for caller in ("alice", "house", "analyst", None):
        answer = await office.graph.ask(caller, SET_PAYER, input={"name": "Aetna"})
        assert set(answer.codes) == {"FORBIDDEN" if caller else "UNAUTHENTICATED"}
    assert await Payer.find_all().count() == 0


async def test_the_same_key_changes_once(office: Office) -> None:
    for _ in range(2):
        assert (await office.set_payer(idempotencyKey="k"))["payer"]["revision"] == 1
    assert refusals(await office.set_payer(idempotencyKey="k", active=False)) == [("IDEMPOTENCY_CONFLICT", "idempotencyKey")]
