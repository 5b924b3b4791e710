"""Whatever stands in a resource, it is either taken in or refused by its path: nothing else happens."""

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.source import new_source
from ohms_graphql.fhir.arrival import Arrival
from ohms_graphql.fhir.billing import invoice_id, plan_invoice, read
from ohms_graphql.fhir.directory import Directory
from ohms_graphql.fhir.element import Refusal
from ohms_graphql.fhir.files import Entry
from ohms_graphql.fhir.index import Index, Standing
from ohms_graphql.fhir.keys import Key, key_of_entry
from ohms_graphql.fhir.links import Links
from ohms_graphql.fhir.mapping import map_resource
from ohms_graphql.fhir.plan import Frame
from ohms_graphql.fhir.report import Place
from ohms_graphql.fhir.storage import encoded
from tests.ohms_graphql.fhir import sample
from tests.ohms_graphql.fhir.conftest import OPTIONS

pytestmark = pytest.mark.usefixtures("database")

ODD = st.sampled_from(
    [
        *[None, [], {}, "", " ", "x", "2024", "#x", 5, 0, -1.5, 1e300, True, [None], [[]], [{}], ["x"]],
        *[{"reference": 5}, {"reference": "urn:uuid:x"}, {"reference": "Group/1"}, {"coding": [{"code": "x"}]}],
        *[{"value": "x"}, {"value": 1e40}, "9999-12-31T23:59:59-14:00"],
    ]
)


def paths_in(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for name, item in items:
        found += paths_in(item, (*path, name))
    return found


def put(resource: Any, path: tuple[str | int, ...], value: Any) -> None:
    """Where the path still leads, after what was put before."""
    *steps, last = path
    try:
        for step in steps:
            resource = resource[step]
        resource[last] = copy.deepcopy(value)
    except (KeyError, IndexError, TypeError):
        return


@st.composite
def odd_resources(draw: st.DrawFn) -> dict[str, Any]:
    resource = json.loads(json.dumps(draw(st.sampled_from(sample.everything()))))
    for path in draw(st.lists(st.sampled_from(paths_in(resource)), min_size=1, max_size=3)):
        put(resource, path, draw(ODD))
    read_again: dict[str, Any] = json.loads(json.dumps(resource), parse_float=Decimal)
    return read_again


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=400)
@given(odd_resources())
def test_an_odd_resource_is_mapped_or_refused(resource: dict[str, Any]) -> None:
    index = Index()
    for found in sample.everything():
        index.standing[Key(found["resourceType"], found["id"])] = Standing.READY
    directory = Directory(index, OPTIONS.source)
    entry = Entry(Place("a", "1"), 0, resource)
    try:
        index._take(entry, {})
        index.relate()
        index.standing[key_of_entry(entry)] = Standing.READY
        arrival = Arrival.of(0, entry)
        arrival.broken_references(directory)
        document_id = invoice_id(arrival.key, arrival.resource, directory, OPTIONS.source)
        if document_id:
            reading = read(arrival.key, arrival.resource, directory, OPTIONS)
            plan, _ = plan_invoice(document_id, [(arrival.key, resource)], [reading], None, directory, OPTIONS)
        else:
            source = new_source(OPTIONS.source, str(arrival.key), arrival.digest, resource)
            plan = map_resource(arrival.resource, Frame(arrival.key, source, Links(directory, OPTIONS.source), OPTIONS))
    except Refusal:
        return
    assert encoded(plan.document)["source"]["content"]
