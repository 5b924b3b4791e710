"""Rows are what validated documents are: every field of every kind, whole and in part."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import bson
import pytest
from beanie.odm.utils.parsing import parse_obj
from bson import CodecOptions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from models import DOCUMENTS
from models.base import StoredDocument
from models.record import RECORD_KINDS, Record
from models.secret_words import SecretWords
from models.stored_row import projection, read_row, stored_class
from ohms_graphql.demo.clinic import demo_clinic
from ohms_graphql.fhir.storage import _OPTIONS, encoded
from tests.models.stored_row.made_up import made_up

_OF_EACH = 25
_AS_READ: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
_NAMES = {kind.__name__: kind for kind in DOCUMENTS}


@pytest.fixture(scope="module")
def demo() -> dict[type[StoredDocument], list[dict[str, Any]]]:
    """Rows of the demo clinic as they come from the database, some of each kind."""
    rows: dict[type[StoredDocument], list[dict[str, Any]]] = defaultdict(list)
    for document in demo_clinic(datetime(2026, 3, 2, tzinfo=UTC)):
        kind = type(document)
        if len(rows[kind]) < _OF_EACH:
            rows[kind].append(as_stored(document))
    return rows


def as_stored(document: StoredDocument) -> dict[str, Any]:
    stored: dict[str, Any] = bson.decode(bson.encode(encoded(document), codec_options=_OPTIONS), _AS_READ)
    return stored


def same(left: Any, right: Any) -> bool:
    """Equal at every depth, and of the same types."""
    if type(left) is not type(right):
        return False
    if isinstance(left, BaseModel):
        states = [(part.__dict__, part.model_extra, part.__pydantic_private__) for part in (left, right)]
        return bool(left.model_fields_set == right.model_fields_set and same(list(states[0]), list(states[1])))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(same(one, other) for one, other in zip(left, right, strict=True))
    if isinstance(left, SecretWords):
        return bool(left.tokens == right.tokens)
    return bool(left == right)


def in_part(kind: type[StoredDocument], stored: dict[str, Any], only: frozenset[str]) -> StoredDocument:
    """As a query reads it: of the stored row there is what the projection lets through."""
    root: type[StoredDocument] = Record if issubclass(kind, Record) else kind
    let_through = projection(root, only)
    return read_row(root, {name: value for name, value in stored.items() if name in let_through}, only)


def differing(kind: type[StoredDocument], stored: dict[str, Any], only: frozenset[str]) -> list[str]:
    document, row = parse_obj(kind, stored), in_part(kind, stored, only)
    assert isinstance(row, kind)
    assert stored_class(row) is kind
    return [name for name in only & kind.model_fields.keys() if not same(getattr(document, name), getattr(row, name))]


def test_whole_rows_of_the_demo_are_the_documents(demo: dict[type[StoredDocument], list[dict[str, Any]]]) -> None:
    for kind, rows in demo.items():
        root: type[StoredDocument] = Record if issubclass(kind, Record) else kind
        assert all(same(parse_obj(kind, row), read_row(root, row, None)) for row in rows), kind.__name__


def test_each_field_of_the_demo_is_read_alone_as_with_all_others(
    demo: dict[type[StoredDocument], list[dict[str, Any]]],
) -> None:
    for kind, rows in demo.items():
        every = frozenset(kind.model_fields)
        for only in (every, *(frozenset({name}) for name in kind.model_fields)):
            for row in rows[:5]:
                assert not differing(kind, row, only), (kind.__name__, sorted(only))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_rows_of_every_document_are_the_documents_whatever_stands_in_them(data: st.DataObject) -> None:
    kind = _NAMES[data.draw(st.sampled_from(sorted(_NAMES.keys() - {"Record"})))]
    stored = as_stored(data.draw(made_up(kind)))
    dropped = data.draw(st.sets(st.sampled_from(sorted(kind.model_fields)), max_size=3))
    for name in dropped:
        if not kind.model_fields[name].is_required():
            stored.pop(name, None)
    root: type[StoredDocument] = Record if issubclass(kind, Record) else kind
    only = frozenset(data.draw(st.sets(st.sampled_from(sorted(kind.model_fields)))))
    # What is drawn or looked at on a clock where nothing is stored differs each time.
    drawn = {name for name in ("id", "created_at", "updated_at", "sample_key", "recorded_at", "alive_at") if name not in stored}
    assert differing(kind, stored, only - drawn) == []
    if not drawn & kind.model_fields.keys() - {"id"}:
        assert same(parse_obj(kind, stored), read_row(root, stored, None))


def test_every_kind_of_record_was_drawn_from() -> None:
    assert {kind.__name__ for kind in RECORD_KINDS} <= _NAMES.keys()
