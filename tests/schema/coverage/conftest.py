"""An office over the small clinic."""

from dataclasses import replace

import pytest

from tests.graph import Graph
from tests.schema.coverage.office import Gateway, Office


@pytest.fixture
def office(graph: Graph) -> Office:
    gateway = Gateway()
    graph.ports = replace(graph.ports, eligibility=gateway)
    return Office(graph, gateway)
