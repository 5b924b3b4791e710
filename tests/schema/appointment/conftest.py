import pytest

from tests.graph import Graph
from tests.schema.appointment.desk import Desk


@pytest.fixture
def desk(graph: Graph) -> Desk:
    return Desk(graph)
