"""Every caller on every road to every row and field: what they may see is there, and of the rest there is no trace."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import strawberry

from models.base import StoredDocument
from models.role import Role
from ohms_graphql.database import Database
from resolvers.schedule_feed.cursor import encode_positions
from schema.authorization import core_schema
from schema.node import global_id
from tests.graph import Answer, Graph, gid, graph_of
from tests.schema.access_matrix.roads import INTO_THE_PAST, MANY, Road, pickable, roads
from tests.schema.access_matrix.ward import CALLERS, TYPES, Ward, may_select

REFUSALS = {"FORBIDDEN", "UNAUTHENTICATED"}
EVERYBODY = [*CALLERS, None]
NARROW = ["staff", "machine", "admin", "nurse", None]
"""Callers for whom some fields are not: patients and providers may select all, and analysts have a test of their own."""


TOLD_AT_ONCE = 4
"""Refused fields in one operation: of more not all are told."""


@pytest.fixture
async def graph(schema: strawberry.Schema, database: Database) -> Graph:
    return await graph_of(schema, database, await Ward().stored())


def _ward(graph: Graph) -> Ward:
    assert isinstance(graph.clinic, Ward)
    return graph.clinic


def _found(data: Any) -> Iterator[dict[str, Any]]:
    """Every object with an id, anywhere in an answer."""
    if isinstance(data, dict):
        if "id" in data:
            yield data
        for value in data.values():
            yield from _found(value)
    elif isinstance(data, list):
        for value in data:
            yield from _found(value)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a stored document that is long enough to be told from others."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str) and len(value) > 5:
        yield value


def _secrets(ward: Ward, caller: str | None) -> set[str]:
    """What stands only in rows that the caller does not see."""
    hidden: set[str] = set()
    known: set[str] = {"NORMAL", "RESTRICTED", "ACTIVE"}
    shown_ids = {document.id for document, seen_by in ward.rows.values() if caller in seen_by}
    for document in ward.everything:
        texts = {document.id, *_texts(document.model_dump(mode="json"))}
        is_row = any(document is row for row, _ in ward.rows.values())
        if is_row and document.id not in shown_ids:
            hidden |= texts
        elif not is_row or document.id in shown_ids:
            known |= texts
    return hidden - known


async def _fingerprint(graph: Graph) -> dict[str, Any]:
    """All stored rows of the ward, to see that nothing was changed."""
    kinds: set[type[StoredDocument]] = {type(document) for document in graph.clinic.everything}
    return {
        document.id: document.model_dump() for kind in kinds for document in await kind.find_all(with_children=True).to_list()
    }


def _picked(fields: dict[str, str], names: list[str]) -> str:
    return " ".join(["id", *(fields[name] for name in names)])


async def _ask(graph: Graph, caller: str | None, road: Road, document: Any) -> Any:
    given: dict[str, Any] = {"id": gid(document)} if road.takes_id else {}
    if "$providers" in road.text:
        stranger = _ward(graph).stranger
        given = {"providers": [gid(stranger)], "after": encode_positions({stranger.id: 2})}
    return await graph.ask(caller, road.text, **given)


async def test_the_road_of_events_leads_somewhere(graph: Graph) -> None:
    ward = _ward(graph)
    (road,) = [road for road in roads("Appointment", "id") if road.name == "events"]
    answers = {caller: await _ask(graph, caller, road, ward.child) for caller in ("staff", "parent", "bob")}
    told = {caller: len(list(_found(answer.data))) for caller, answer in answers.items()}
    assert told == {"staff": 2, "parent": 1, "bob": 0}  # one of the two is confidential


@pytest.mark.parametrize("caller", EVERYBODY, ids=str)
async def test_rows_and_fields_on_every_road(graph: Graph, caller: str | None) -> None:
    ward, before = _ward(graph), await _fingerprint(graph)
    secrets = _secrets(ward, caller)
    cells = found = 0
    for row, (document, _) in ward.rows.items():
        type_name = type(document).__name__
        fields = pickable(core_schema(graph.schema), type_name)
        allowed = [name for name in fields if caller is not None and may_select(caller, type_name, name)]
        for road in roads(type_name, _picked(fields, allowed)):
            if not road.takes_id and row not in _first_of_type(ward):
                continue  # the same operation for all rows of a type: looked at once, for all of them
            answer = await _ask(graph, caller, road, document)
            text = json.dumps([answer.data, [error.formatted for error in answer.errors]])
            assert not [secret for secret in secrets if secret in text], (caller, row, road.name)
            if caller is None or not CALLERS[caller] & TYPES[type_name]:
                assert answer.data is None or caller == "analyst", (caller, row, road.name)
                cells += len(fields) + 1
                continue
            sought = [row] if road.takes_id else [name for name, (other, _) in ward.rows.items() if type(other) is type(document)]
            for name in sought:
                shown = _shown(ward, caller, road, answer, name)
                assert all(set(allowed) <= set(one) for one in shown), (caller, name, road.name)
                found += bool(shown)
                cells += len(allowed) + 1
    assert cells > 1000
    assert found > 0 or not any(caller in seen_by for _, seen_by in ward.rows.values())
    assert await _fingerprint(graph) == before


def _shown(ward: Ward, caller: str, road: Road, answer: Answer, row: str) -> list[dict[str, Any]]:
    """The row in an answer: there for those who see it, nowhere for others."""
    document, seen_by = ward.rows[row]
    where = (caller, row, road.name, answer.codes)
    shown = [one for one in _found(answer.data) if one["id"] == gid(document)]
    refused = bool(REFUSALS.intersection(answer.codes))  # on the way, where the road leads through what the role may not select
    assert not (refused and road.direct), where
    assert caller in seen_by or not shown, where
    assert shown or refused or not road.direct or caller not in seen_by, where
    return shown


def _first_of_type(ward: Ward) -> set[str]:
    first: dict[str, str] = {}
    for row, (document, _) in ward.rows.items():
        first.setdefault(type(document).__name__, row)
    return set(first.values())


async def _refused(graph: Graph, caller: str | None, document: Any, forbidden: dict[str, str]) -> int:
    """Asks for some fields at once on each road: each is an error of its own, named by type and field, or what leads there is.

    How many fields were refused, road by road.
    """
    type_name, cells = type(document).__name__, 0
    for road in roads(type_name, f"id {' '.join(forbidden.values())}"):
        if road.name in INTO_THE_PAST:
            continue  # refused by the document alone, as on the roads beside them
        answer = await _ask(graph, caller, road, document)
        where = (caller, type_name, road.name)
        assert answer.data is None, where
        if answer.codes == ["LIMIT_EXCEEDED"] and len(forbidden) > 1:  # so many at once cost too much: one by one then
            return sum([await _refused(graph, caller, document, {name: forbidden[name]}) for name in forbidden])
        assert set(answer.codes) <= REFUSALS, (where, answer.codes)
        assert document.id not in str(answer.errors), where
        told = {name for error in answer.errors for name in re.findall(r'"(\w+\.\w+)"', error.message)}
        wanted = {f"{type_name}.{name}" for name in forbidden}
        assert told, where
        assert wanted <= told or told.isdisjoint(wanted), (where, wanted - told)
        cells += len(forbidden)
    return cells


@pytest.mark.parametrize("caller", NARROW, ids=str)
async def test_a_field_that_the_role_may_not_select_is_refused_on_every_road(graph: Graph, caller: str | None) -> None:
    ward, core = _ward(graph), core_schema(graph.schema)
    cells = 0
    for row in sorted(_first_of_type(ward)):
        document, _ = ward.rows[row]
        type_name = type(document).__name__
        forbidden = {
            name: picked
            for name, picked in pickable(core, type_name).items()
            if caller is None or not may_select(caller, type_name, name)
        }
        names = sorted(forbidden)
        for start in range(0, len(names), TOLD_AT_ONCE):
            batch = {name: forbidden[name] for name in names[start : start + TOLD_AT_ONCE]}
            cells += await _refused(graph, caller, document, batch)
    assert cells > 50


@pytest.mark.parametrize("caller", sorted(CALLERS.keys() - {"admin", "analyst"}))
async def test_counts_count_what_is_seen(graph: Graph, caller: str) -> None:
    ward = _ward(graph)
    for type_name, name in MANY.items():
        seen = [
            document for document, seen_by in ward.rows.values() if type(document).__name__ == type_name and caller in seen_by
        ]
        data = await graph.data(caller, f"{{ {name} {{ totalCount }} none: {name}(first: 0) {{ totalCount nodes {{ id }} }} }}")
        assert data[name]["totalCount"] == len(seen), (caller, name)
        assert data["none"] == {"totalCount": len(seen), "nodes": []}
        for patient in (ward.alice, ward.bob, ward.child, ward.dora):
            if type_name in {"Appointment", "Invoice"}:
                query = f"query ($id: ID) {{ {name}(where: {{patient: $id}}) {{ totalCount pageInfo {{ endCursor }} }} }}"
                data = await graph.data(caller, query, id=gid(patient))
                expected = sum(document.patient_id == patient.id for document in seen)
                assert data[name]["totalCount"] == expected, (caller, name)
                assert (data[name]["pageInfo"]["endCursor"] is None) is (expected == 0)


@pytest.mark.parametrize("caller", list(CALLERS))
async def test_what_is_hidden_and_what_is_not_there_are_told_alike(graph: Graph, caller: str) -> None:
    """The same words, and the same work: one look-up more would be heard in the time it takes."""
    ward = _ward(graph)
    for row, (document, seen_by) in ward.rows.items():
        if caller in seen_by:
            continue
        type_name = type(document).__name__
        for road in roads(type_name, "id"):
            if not road.takes_id or (road.name == "root field" and not CALLERS[caller] & TYPES[type_name]):
                continue
            hidden = await graph.ask(caller, road.text, id=gid(document))
            absent = await graph.ask(caller, road.text, id=global_id(type_name, "01ARZ3NDEKTSV4RRFFQ69G5FAV"))
            where = (caller, row, road.name)
            assert hidden.data == absent.data, where
            assert [error.formatted for error in hidden.errors] == [error.formatted for error in absent.errors], where
            assert hidden.commands == absent.commands, where


@pytest.mark.parametrize("caller", [caller for caller, roles in CALLERS.items() if Role.STAFF not in roles])
async def test_a_patient_that_is_not_the_callers_own_is_not_written(graph: Graph, caller: str) -> None:
    ward, before = _ward(graph), await _fingerprint(graph)
    query = """mutation ($input: UpdatePatientInput!) {
      updatePatient(input: $input) { patient { id } errors { __typename code message path } } }"""
    for name in {"alice", "bob", "child", "dora"} - {caller}:
        hidden_id, absent_id = gid(getattr(ward, name)), global_id("Patient", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        hidden = await graph.ask(caller, query, input={"id": hidden_id, "preferredLanguage": "xx"})
        absent = await graph.ask(caller, query, input={"id": absent_id, "preferredLanguage": "xx"})
        assert hidden.data == absent.data
        assert [error.formatted for error in hidden.errors] == [error.formatted for error in absent.errors]
        assert hidden.data is None or hidden.data["updatePatient"]["patient"] is None
    assert await _fingerprint(graph) == before
