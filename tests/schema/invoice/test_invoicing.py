"""Drafts, issuing, credit notes: what staff do with invoices."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models.appointment import Appointment, AppointmentStatus, Cancellation, CancelledBy
from models.audit_event import AuditEvent
from models.coverage import (
    BenefitRow,
    Benefits,
    Coverage,
    CoverageStatus,
    EligibilityCheck,
    EligibilityOutcome,
    EligibilitySource,
)
from models.invoice import Invoice
from models.ledger import LedgerEntry
from models.record import Procedure
from models.values import CodeableConcept, Coding
from tests.clinic import NOON, dollars
from tests.graph import Graph, gid
from tests.schema.invoice.till import Till, document_id, line, stored_invoice, usd

SNOMED = "http://snomed.info/sct"


@pytest.fixture
def till(graph: Graph) -> Till:
    return Till(graph)


def amounts(invoice: Any) -> tuple[int, int, int, int]:
    """Total, insurance, patient, adjustment."""
    names = ("total", "insurance", "patientResponsibility", "adjustment")
    found = [invoice[name]["minorUnits"] for name in names]
    return found[0], found[1], found[2], found[3]


async def test_an_invoice_by_hand_has_discounts_and_taxes_rounded_once(till: Till) -> None:
    lines = [line(3333, "Brace", quantity=3, taxPercent="7.7"), line(1000, "Tape", discount=usd(100))]
    draft = await till.draft(*lines, discount=usd(1000), insured=False)
    # 99.99 and 9.00: 10.00 off is 9.174 and 0.826, so 9.17 and 0.83; 7.7% of 90.82 is 6.99
    assert [(each["amount"]["minorUnits"], each["discount"]["minorUnits"]) for each in draft["lines"]] == [
        (9781, 917),
        (817, 183),
    ]
    assert draft["lines"][0]["tax"] == {"minorUnits": 699}
    assert (draft["status"], draft["number"], draft["balance"]) == ("DRAFT", None, {"minorUnits": 0})
    assert amounts(draft) == (10598, 0, 10598, 0)
    issued = (await till.well("issueInvoice", id=draft["id"]))["invoice"]
    assert (issued["status"], issued["number"], issued["dueOn"]) == ("ISSUED", "2026-000002", "2026-04-01")
    assert await till.positions(issued) == {"PATIENT_RECEIVABLE": 10598, "REVENUE": -9899, "TAX": -699}
    assert await till.findings() == []


async def test_a_visit_is_billed_with_its_price_and_priced_procedures_once(till: Till) -> None:
    clinic = till.graph.clinic
    visit = await _kept(clinic)
    priced = CodeableConcept(text="Peak flow", codings=[Coding(system=SNOMED, code="18491000")])
    await Procedure(code=priced, patient_id=clinic.alice.id, appointment_id=visit.id).insert()
    await Procedure(code=CodeableConcept(text="Unheard of"), patient_id=clinic.alice.id, appointment_id=visit.id).insert()
    code = {"system": SNOMED, "code": "18491000"}
    await till.well("setCharge", code=code, description="Peak flow measurement", price=usd(1500), taxPercent="10")
    payload = await till.well("createInvoice", appointment=gid(visit), insured=False)
    told = [(each["description"], each["amount"]["minorUnits"]) for each in payload["invoice"]["lines"]]
    assert told == [(f"Follow-up, {visit.start:%Y-%m-%d}", 9000), ("Peak flow measurement", 1650)]
    assert payload["unpriced"] == [{"text": "Unheard of"}]
    assert await till.refusals("createInvoice", appointment=gid(visit)) == [("ALREADY_INVOICED", "appointment")]
    await till.well("cancelInvoice", id=payload["invoice"]["id"])
    again = await till.well("createInvoice", appointment=gid(visit), insured=False)
    issued = await till.well("issueInvoice", id=again["invoice"]["id"])
    assert await till.refusals("createInvoice", appointment=gid(visit)) == [("ALREADY_INVOICED", "appointment")]
    await till.well("creditInvoice", id=issued["invoice"]["id"], reason="Wrong visit")
    assert (await till.well("createInvoice", appointment=gid(visit)))["invoice"]["status"] == "DRAFT"


async def _kept(clinic: Any, **changes: Any) -> Appointment:
    start = NOON - timedelta(days=2)
    given = {
        "status": AppointmentStatus.FULFILLED,
        "start": start,
        "end": start + timedelta(minutes=20),
        "time_zone": "America/New_York",
        "patient_id": clinic.alice.id,
        "provider_id": clinic.house.id,
        "visit_type_id": clinic.follow_up.id,
    }
    visit = Appointment(**(given | changes))
    await visit.insert()
    return visit


async def test_eight_who_bill_one_visit_make_one_draft(till: Till) -> None:
    visit = await _kept(till.graph.clinic)
    payloads = await asyncio.gather(*(till.do("createInvoice", appointment=gid(visit)) for _ in range(8)))
    assert sum(payload["invoice"] is not None for payload in payloads) == 1
    assert {error["code"] for payload in payloads for error in payload["errors"]} == {"ALREADY_INVOICED"}


async def test_a_late_cancellation_and_a_missed_visit_cost_their_fee_and_no_plan_pays_it(till: Till) -> None:
    clinic = till.graph.clinic
    called = Cancellation(by=CancelledBy.PATIENT, at=NOON, late=True, fee=dollars(2500))
    late = await _kept(clinic, status=AppointmentStatus.CANCELLED, cancellation=called)
    missed = await _kept(clinic, status=AppointmentStatus.NO_SHOW, no_show_fee=dollars(4000))
    for visit, fee, label in ((late, 2500, "Late cancellation"), (missed, 4000, "Missed visit")):
        draft = (await till.well("createInvoice", appointment=gid(visit)))["invoice"]
        assert amounts(draft) == (fee, 0, fee, 0)
        assert draft["lines"][0]["description"].startswith(label)
        assert draft["explanation"][-1]["rule"] == "plans do not pay this"
    for status in (AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW):
        visit = await _kept(clinic, status=status)
        assert await till.refusals("createInvoice", appointment=gid(visit)) == [("NOTHING_TO_BILL", "appointment")]


async def _answered(clinic: Any, **benefits: Any) -> EligibilityCheck:
    row = BenefitRow(service_type="98", covered=True, benefits=Benefits(**benefits))
    check = EligibilityCheck(
        coverage_id=clinic.coverage.id,
        patient_id=clinic.alice.id,
        outcome=EligibilityOutcome.COMPLETE,
        in_force=True,
        answered_by=EligibilitySource.PAYER,
        checked_at=NOON - timedelta(days=1),
        benefit_rows=[row],
    )
    await check.insert()
    return check


async def test_what_a_plan_pays_is_worked_out_and_each_invoice_uses_the_plan_year_up(till: Till) -> None:
    clinic = till.graph.clinic
    await _answered(clinic, deductible_remaining=dollars(15000), copay=dollars(2000), coinsurance_percent="20")
    first = await till.draft(line(10000))
    # all of the first is deductible; 50.00 of it is left for the second: 50 + 20 copay + 20% of 30
    assert amounts(first) == (10000, 0, 10000, 0)
    second = await till.draft(line(10000))
    assert amounts(second) == (10000, 0, 10000, 0)
    await till.well("issueInvoice", id=first["id"])
    issued = (await till.well("issueInvoice", id=second["id"]))["invoice"]
    assert amounts(issued) == (10000, 2400, 7600, 0)
    assert [step["label"] for step in issued["explanation"]][-3:] == ["Deductible", "Copay", "Coinsurance"]
    assert await till.positions(issued) == {"PATIENT_RECEIVABLE": 7600, "INSURANCE_RECEIVABLE": 2400, "REVENUE": -10000}
    # What is credited gives the plan year back.
    await till.well("creditInvoice", id=first["id"], reason="Wrong patient")
    assert amounts(await till.draft(line(10000))) == (10000, 0, 10000, 0)
    assert await till.findings() == []


async def test_what_nobody_knows_is_not_billed_to_the_patient_by_accident(till: Till) -> None:
    bob = till.graph.clinic.bob
    await Coverage(status=CoverageStatus.ACTIVE, patient_id=bob.id, payer="Aetna", member_id="W9").insert()
    draft = await till.draft(line(10000), patient=bob)
    assert (draft["benefitsKnown"], amounts(draft)) == (False, (10000, 0, 10000, 0))
    assert await till.refusals("issueInvoice", id=draft["id"]) == [("UNVERIFIED_COVERAGE", "acceptUnverified")]
    issued = (await till.well("issueInvoice", id=draft["id"], acceptUnverified=True))["invoice"]
    assert issued["number"] == "2026-000002"


async def test_an_issued_invoice_is_frozen(till: Till) -> None:
    issued = await till.issued()
    before = await stored_invoice(issued)
    await _answered(till.graph.clinic, copay=dollars(100))
    assert await till.refusals("updateInvoice", id=issued["id"], lines=[line(1)]) == [("FROZEN", "id")]
    assert await till.refusals("issueInvoice", id=issued["id"]) == [("FROZEN", "id")]
    assert await till.refusals("cancelInvoice", id=issued["id"]) == [("FROZEN", "id")]
    await till.well("recordPayment", invoice=issued["id"], amount=usd(10_000), method="CASH")
    after = await stored_invoice(issued)
    changed = {name for name in Invoice.model_fields if getattr(before, name) != getattr(after, name)}
    assert changed == {"status", "revision"}


async def test_a_draft_is_changed_with_the_revision_that_one_knows(till: Till) -> None:
    draft = await till.draft(insured=False)
    changed = (await till.well("updateInvoice", id=draft["id"], lines=[line(500)], expectedRevision=1))["invoice"]
    assert (amounts(changed)[0], changed["revision"]) == (500, 2)
    assert await till.refusals("updateInvoice", id=draft["id"], lines=[line(1)], expectedRevision=1) == [
        ("CONFLICT", "expectedRevision")
    ]


async def test_eight_issuers_at_once_leave_no_gap_and_number_nothing_twice(till: Till) -> None:
    drafts = [await till.draft(insured=False) for _ in range(12)]
    wrong = await till.draft(line(10))  # refused in between: its number goes to the next
    asked = [till.do("issueInvoice", id=draft["id"]) for draft in drafts]
    asked[4:4] = [till.do("issueInvoice", id=wrong["id"])]
    payloads = await asyncio.gather(*asked)
    numbers = sorted(payload["invoice"]["number"] for payload in payloads if payload["invoice"])
    assert numbers == [f"2026-{place:06d}" for place in range(2, 14)]
    note = await till.well("creditInvoice", id=drafts[0]["id"], reason="Wrong")
    assert note["creditNote"]["number"] == "2026-000014"
    assert await till.findings() == []


async def test_four_issue_one_draft_and_it_has_one_number_and_one_entry(till: Till) -> None:
    draft = await till.draft(insured=False)
    payloads = await asyncio.gather(*(till.do("issueInvoice", id=draft["id"]) for _ in range(4)))
    assert sum(payload["invoice"] is not None for payload in payloads) == 1
    assert await LedgerEntry.find({"invoice_id": document_id(draft["id"])}).count() == 1
    assert (await till.issued())["number"] == "2026-000003"


async def test_a_credit_note_takes_back_lines_in_part_with_their_tax_and_each_share_in_proportion(till: Till) -> None:
    await _answered(till.graph.clinic, copay=dollars(2000), coinsurance_percent="10")
    draft = await till.draft(line(10000, taxPercent="10"), line(5000, "Tape"))
    issued = (await till.well("issueInvoice", id=draft["id"]))["invoice"]
    assert amounts(issued) == (16000, 12600, 3400, 0)
    back = [{"line": 0, "amount": usd(5500)}]
    payload = await till.well("creditInvoice", id=issued["id"], reason="Half of it", lines=back)
    note = payload["creditNote"]
    assert (note["status"], note["number"], note["creditReason"], note["balance"]) == (
        "BALANCED",
        "2026-000003",
        "Half of it",
        {"minorUnits": 0},
    )
    assert (note["lines"][0]["amount"], note["lines"][0]["tax"]) == ({"minorUnits": -5500}, {"minorUnits": -500})
    # 55.00 of 160.00 in proportion: 43.3125 and 11.6875
    assert amounts(note) == (-5500, -4331, -1169, 0)
    assert payload["invoice"]["balance"] == {"minorUnits": 3400 - 1169}
    assert await till.refusals("creditInvoice", id=issued["id"], reason="Too much", lines=[{"line": 0, "amount": usd(5501)}]) == [
        ("INVALID", "lines.0.amount.minorUnits")
    ]
    rest = await till.well("creditInvoice", id=issued["id"], reason="The rest")
    assert amounts(rest["creditNote"]) == (-10500, -8269, -2231, 0)
    assert (rest["invoice"]["status"], rest["invoice"]["balance"]) == ("BALANCED", {"minorUnits": 0})
    assert await till.positions(issued) == {}
    assert await till.refusals("creditInvoice", id=issued["id"], reason="Again") == [("NOTHING_TO_CREDIT", "id")]
    assert await till.refusals("creditInvoice", id=note["id"], reason="A note") == [("NOT_ISSUED", "id")]
    assert await till.findings() == []


BAD_LINES: list[tuple[dict[str, Any], str]] = [
    ({"lines": []}, "lines"),
    ({"lines": [line()] * 201}, "lines"),
    ({"lines": [line(-1)]}, "lines.0.unitPrice.minorUnits"),
    ({"lines": [line(description=" ")]}, "lines.0.description"),
    ({"lines": [line(description="x" * 401)]}, "lines.0.description"),
    ({"lines": [line(quantity=0)]}, "lines.0.quantity"),
    ({"lines": [line(discount=usd(10_001))]}, "lines.0.discount.minorUnits"),
    ({"lines": [line(taxPercent="100.01")]}, "lines.0.taxPercent"),
    ({"lines": [line(taxPercent="-1")]}, "lines.0.taxPercent"),
    ({"lines": [line(), {**line(), "unitPrice": {"minorUnits": 1, "currency": "EUR"}}]}, "lines.1.unitPrice.currency"),
    ({"lines": [{**line(), "unitPrice": {"minorUnits": 1, "currency": "euro"}}]}, "lines.0.unitPrice.currency"),
    ({"lines": [line()], "discount": usd(10_001)}, "discount.minorUnits"),
    ({"lines": [line()], "serviceOn": "2026-03-03"}, "serviceOn"),
    ({"lines": [line()], "dueOn": "2026-03-01"}, "dueOn"),
    ({"lines": [line()], "serviceType": "dental"}, "serviceType"),
]


@pytest.mark.parametrize(("given", "path"), BAD_LINES, ids=[f"{number}-{path}" for number, (_, path) in enumerate(BAD_LINES)])
async def test_bad_input_is_told_by_its_path_and_nothing_is_written(till: Till, given: dict[str, Any], path: str) -> None:
    before = await Invoice.count()
    assert await till.refusals("createInvoice", patient=gid(till.graph.clinic.alice), **given) == [("INVALID", path)]
    assert await Invoice.count() == before


async def test_an_invoice_is_of_a_visit_or_of_a_patient(till: Till) -> None:
    clinic = till.graph.clinic
    assert await till.refusals("createInvoice", lines=[line()]) == [("INVALID", "appointment")]
    both = {"patient": gid(clinic.alice), "appointment": gid(clinic.visit)}
    assert await till.refusals("createInvoice", lines=[line()], **both) == [("INVALID", "appointment")]


@pytest.mark.parametrize(
    "mutation", ["createInvoice", "updateInvoice", "cancelInvoice", "issueInvoice", "creditInvoice", "setCharge"]
)
@pytest.mark.parametrize("caller", ["alice", "parent", "house", "analyst", None])
async def test_only_staff_make_invoices(graph: Graph, caller: str | None, mutation: str) -> None:
    kind = mutation[0].upper() + mutation[1:]
    given: dict[str, Any] = {"id": gid(graph.clinic.invoice)} if mutation not in {"createInvoice", "setCharge"} else {}
    given |= {"reason": "x"} if mutation == "creditInvoice" else {}
    if mutation == "setCharge":
        given = {"code": {"system": SNOMED, "code": "1"}, "description": "x", "price": usd(1)}
    query = f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
    answer = await graph.ask(caller, query, input=given)
    assert answer.data is None
    assert answer.codes == ["UNAUTHENTICATED" if caller is None else "FORBIDDEN"]


async def test_what_was_done_stands_in_the_trail(till: Till) -> None:
    await till.issued()
    entries = await AuditEvent.find({"action": "Mutation.issueInvoice"}).to_list()
    assert {entry.patient_id for entry in entries} == {till.graph.clinic.alice.id}


async def test_the_same_key_makes_one_invoice(till: Till) -> None:
    given: dict[str, Any] = {"patient": gid(till.graph.clinic.alice), "lines": [line()], "idempotencyKey": "k1"}
    first, second = await till.well("createInvoice", **given), await till.well("createInvoice", **given)
    assert first["invoice"]["id"] == second["invoice"]["id"]
    other = {**given, "lines": [line(1)]}
    assert await till.refusals("createInvoice", **other) == [("IDEMPOTENCY_CONFLICT", "idempotencyKey")]
