"""Drafts follow what becomes known of coverages; what was issued does not."""

from typing import Any

import pytest

from tests.graph import Graph, gid
from tests.schema.coverage.office import ADD, RECORD, UPDATE
from tests.schema.invoice.till import Till, line, usd


@pytest.fixture
def till(graph: Graph) -> Till:
    return Till(graph)


async def put(till: Till, mutation: str, **given: Any) -> Any:
    [payload] = (await till.graph.data("staff", mutation, input=given)).values()
    assert payload["errors"] == []
    return payload


async def told(till: Till, coverage: Any, in_force: bool = True, **benefits: Any) -> None:
    given = {"coverage": coverage["id"], "inForce": in_force, "serviceType": "98"}
    await put(till, RECORD, **given, **({"benefits": benefits} if benefits else {}))


async def shares(till: Till, invoice: Any) -> tuple[bool, int, int]:
    found = await till.read(invoice)
    return found["benefitsKnown"], found["insurance"]["minorUnits"], found["patientResponsibility"]["minorUnits"]


async def test_a_draft_is_worked_out_anew_whenever_more_is_known_until_it_is_issued(till: Till) -> None:
    bob = till.graph.clinic.bob
    draft = await till.draft(line(10_000), patient=bob)
    assert await shares(till, draft) == (True, 0, 10_000)  # no insurance at all
    first = (await put(till, ADD, patient=gid(bob), payer="Aetna", memberId="B1"))["coverage"]
    assert await shares(till, draft) == (False, 0, 10_000)  # insured, and nobody has asked
    await told(till, first, copay=usd(3_000))
    assert await shares(till, draft) == (True, 7_000, 3_000)
    second = (await put(till, ADD, patient=gid(bob), payer="Quill", memberId="Q1", order="SECONDARY"))["coverage"]
    assert await shares(till, draft) == (False, 0, 10_000)
    await told(till, second, coinsurancePercent="80")
    # Quill would pay 20.00 as the first plan; 30.00 is left
    assert await shares(till, draft) == (True, 9_000, 1_000)
    await till.well("issueInvoice", id=draft["id"])
    await put(till, UPDATE, id=second["id"], status="CANCELLED")
    other = await till.draft(line(10_000), patient=bob)
    assert await shares(till, other) == (True, 7_000, 3_000)
    await told(till, first, in_force=False)
    assert await shares(till, other) == (True, 0, 10_000)
    assert await shares(till, draft) == (True, 9_000, 1_000)
    assert await till.findings() == []
