"""Loading the demo: once, whole, and never over somebody's clinic."""

from datetime import UTC, datetime

import pytest

from models.appointment import Appointment
from models.patient import Patient
from models.values import HumanName
from ohms_graphql.database import open_database
from ohms_graphql.demo.load import load_demo
from ohms_graphql.errors import OhmsError

ANCHOR = datetime(2026, 3, 18, 18, tzinfo=UTC)


def _silent(_done: int, _all: int) -> None:
    pass


async def test_it_is_loaded_once_and_then_left_alone(mongodb_url: str, database_name: str) -> None:
    async with open_database(mongodb_url, database_name):
        steps: list[tuple[int, int]] = []
        first = await load_demo(ANCHOR, lambda done, all_: steps.append((done, all_)))
        assert first.written["Patient"] == 200
        assert steps[-1][0] == steps[-1][1] == first.written.total()
        assert await Appointment.count() == first.written["Appointment"]
        again = await load_demo(ANCHOR, _silent)
        assert again.written.total() == 0


async def test_a_clinic_that_is_there_is_left_alone_unless_forced(mongodb_url: str, database_name: str) -> None:
    async with open_database(mongodb_url, database_name):
        await Patient(mrn="REAL", name=HumanName(family="Real")).insert()
        with pytest.raises(OhmsError, match="holds a clinic already"):
            await load_demo(ANCHOR, _silent)
        assert await Patient.count() == 1
        await load_demo(ANCHOR, _silent, force=True)
        assert await Patient.count() == 201
