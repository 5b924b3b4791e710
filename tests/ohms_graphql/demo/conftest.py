"""The demo clinic as documents, on two days: a Wednesday after the clocks went forward, a Sunday after they went back."""

from datetime import UTC, datetime
from functools import lru_cache

import pytest

from ohms_graphql.demo.clinic import demo_clinic
from tests.ohms_graphql.demo.documents import Documents

ANCHORS = (datetime(2026, 3, 18, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC))


@lru_cache
def demo_on(anchor: datetime) -> Documents:
    return Documents(anchor, demo_clinic(anchor))


@pytest.fixture(scope="session", params=ANCHORS, ids=lambda anchor: anchor.date().isoformat())
def demo(request: pytest.FixtureRequest) -> Documents:
    return demo_on(request.param)


@pytest.fixture(scope="session")
def march() -> Documents:
    """For what does not depend on the day."""
    return demo_on(ANCHORS[0])
