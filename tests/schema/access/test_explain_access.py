"""explainAccess tells the rule that decides, and agrees with what the account then sees."""

from typing import Any

import pytest
from graphql import GraphQLObjectType

from models.account import AccountStatus
from models.base import StoredDocument
from schema.access.explanation import demands_on
from schema.authorization import Rights, core_schema
from schema.nodes import NODES
from tests.graph import Graph, gid
from tests.schema.access.conftest import broken

EXPLAIN = """query ($id: ID!, $field: String, $account: ID) { explainAccess(id: $id, field: $field, account: $account) {
  allowed decidedBy why steps { rule holds why } } }"""


async def _explained(graph: Graph, document: StoredDocument, account: str, field: str | None = None) -> Any:
    given = {"id": gid(document), "account": gid(graph.clinic.accounts[account]), "field": field}
    return (await graph.data("admin", EXPLAIN, **given))["explainAccess"]


@pytest.mark.parametrize(
    ("account", "row", "field", "allowed", "decided_by"),
    [
        ("alice", "alice", None, True, "the patient"),
        ("alice", "alice", "conditions", True, "the patient"),
        ("parent", "child", "Patient.conditions", True, "proxy"),
        ("parent", "childs_restricted_note", None, False, "no such row or none visible"),
        ("house", "alice", "conditions", True, "care team"),
        ("house", "secret_note", None, True, "author"),
        ("house", "bob", None, False, "no such row or none visible"),
        ("stranger", "bob", None, True, "treating provider"),
        ("staff", "alice", "name", True, "front desk"),
        ("staff", "alice", "conditions", False, "@auth on Patient.conditions"),
        ("admin", "alice", "conditions", False, "@auth on Patient"),
        ("staff", "condition", None, False, "@auth on Condition"),
        ("admin", "alice", None, False, "@auth on Patient"),
        ("admin", "house", "npi", True, "directory"),
        ("analyst", "house", None, True, "directory"),
        ("alice", "held_report", None, False, "no such row or none visible"),
        ("house", "held_report", None, True, "under care"),
        ("closed", "alice", None, False, "account"),
    ],
)
async def test_it_names_the_rule_that_decides(
    graph: Graph, account: str, row: str, field: str | None, allowed: bool, decided_by: str
) -> None:
    found = await _explained(graph, getattr(graph.clinic, row), account, field)
    assert (found["allowed"], found["decidedBy"]) == (allowed, decided_by)
    assert found["why"]
    if found["steps"]:
        deciding = [step for step in found["steps"] if step["rule"] == decided_by]
        assert all(step["holds"] is allowed for step in deciding)


async def test_it_agrees_with_what_is_seen(graph: Graph) -> None:
    """Every row of the clinic for every account: explained as allowed if and only if `node` shows it."""
    tried = 0
    for account in ("alice", "bob", "parent", "house", "stranger", "staff", "admin"):
        for document in graph.clinic.everything:
            type_name = type(document).__name__
            if type_name not in NODES:
                continue
            selected = f"query ($id: ID!) {{ node(id: $id) {{ ... on {type_name} {{ id }} }} }}"
            answer = await graph.ask(account, selected, id=gid(document))
            seen = answer.data is not None and answer.data["node"] is not None
            assert (await _explained(graph, document, account))["allowed"] is seen, (account, type_name)
            tried += 1
    assert tried > 220


async def test_an_analyst_reads_copies_under_other_ids(graph: Graph) -> None:
    """So a row is explained by the id that it is stored under, and `node` shows it under another."""
    found = await _explained(graph, graph.clinic.condition, "analyst")
    assert (found["allowed"], found["decidedBy"]) == (True, "de-identified")
    for hidden in (graph.clinic.note, graph.clinic.restricted_note, graph.clinic.wrong_condition, graph.clinic.draft_invoice):
        assert not (await _explained(graph, hidden, "analyst"))["allowed"]


async def test_what_is_hidden_and_what_does_not_exist_are_explained_alike(graph: Graph) -> None:
    hidden = await _explained(graph, graph.clinic.bob, "alice")
    gone = await _explained(graph, graph.clinic.bob.model_copy(update={"id": "0" * 26}), "alice")
    assert hidden == gone


async def test_broken_glass_is_a_rule_of_its_own(graph: Graph) -> None:
    await broken(graph, patient=gid(graph.clinic.alice))
    for document in (graph.clinic.alice, graph.clinic.condition, graph.clinic.visit, graph.clinic.restricted_note):
        found = await _explained(graph, document, "stranger")
        assert (found["allowed"], found["decidedBy"]) == (True, "break glass")
    assert not (await _explained(graph, graph.clinic.secret_note, "stranger"))["allowed"]


async def test_a_role_that_is_missing_is_told(graph: Graph) -> None:
    steps = (await _explained(graph, graph.clinic.alice, "staff", "conditions"))["steps"]
    refused = next(step for step in steps if not step["holds"])
    assert refused["why"].startswith("Asks for one of PATIENT, PROVIDER")
    assert refused["why"].endswith("; the account has STAFF.")


async def test_without_an_account_it_is_about_the_caller(graph: Graph) -> None:
    data = await graph.data("admin", EXPLAIN, id=gid(graph.clinic.accounts["bob"]))
    assert data["explainAccess"]["decidedBy"] == "administrators"


async def test_no_content_is_told(graph: Graph) -> None:
    text = str(await _explained(graph, graph.clinic.alice, "house", "conditions"))
    assert not any(secret in text for secret in ("Alice", "Müller", "M0000000001", "Diabetes", "1980"))


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"id": "nonsense"}, ["id"]),
        ({"field": "shoeSize"}, ["field"]),
        ({"field": "Invoice.total"}, ["field"]),
        ({"field": "Patient."}, ["field"]),
    ],
)
async def test_nonsense_is_refused_with_its_path(graph: Graph, given: dict[str, Any], path: list[str]) -> None:
    (error,) = (await graph.ask("admin", EXPLAIN, **{"id": gid(graph.clinic.alice), **given})).errors
    assert error.original_error.details == {"path": path}


async def test_an_unknown_account_is_refused(graph: Graph) -> None:
    gone = graph.clinic.accounts["bob"].model_copy(update={"id": "0" * 26})
    (error,) = (await graph.ask("admin", EXPLAIN, id=gid(graph.clinic.alice), account=gid(gone))).errors
    assert error.original_error.details == {"path": ["account"]}


async def test_every_status_but_active_is_refused(graph: Graph) -> None:
    account = graph.clinic.accounts["alice"]
    for status in AccountStatus:
        await account.set({"status": status})
        assert (await _explained(graph, graph.clinic.alice, "alice"))["allowed"] is (status is AccountStatus.ACTIVE)


async def test_the_demands_are_those_of_the_schema(graph: Graph) -> None:
    core = core_schema(graph.schema)
    rights = Rights(core)
    tried = 0
    for type_name in NODES:
        shown = core.type_map[type_name]
        assert isinstance(shown, GraphQLObjectType)
        for field in shown.fields:
            told = {demand.roles for demand in demands_on(core, type_name, field)}
            assert told == set(rights.of_field(shown, field)), (type_name, field)
            tried += 1
    assert tried > 150
