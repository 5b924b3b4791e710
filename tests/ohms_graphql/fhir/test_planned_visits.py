"""Planned encounters take the time of provider and patient, through the same guard as a booking."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from models.appointment import Appointment
from models.busy_day import BusyDay
from tests.ohms_graphql.fhir import sample
from tests.ohms_graphql.fhir.conftest import Importer

START = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=30)


def planned(id_: str, start: datetime = START, **more: Any) -> sample.Resource:
    period = {"start": start.isoformat(), "end": (start + timedelta(minutes=30)).isoformat()}
    return sample.encounter(id=id_, status="planned", period=period) | more


async def taken() -> list[tuple[datetime, datetime]]:
    days = await BusyDay.find_all().to_list()
    return sorted((period.start, period.end) for day in days for period in day.periods)


async def test_a_planned_visit_takes_its_time_once(imported: Importer, tmp_path: Path) -> None:
    report = await imported(sample.put(tmp_path / "a.json", *sample.base(), planned("p1")))
    assert report.total.refused == 0
    span = (START, START + timedelta(minutes=30))
    assert await taken() == [span, span]  # of the provider and of the patient
    visit = await Appointment.find_one({"status": "BOOKED"})
    assert visit is not None
    assert (visit.start, visit.busy_start, visit.busy_end) == (START, *span)
    await imported(sample.put(tmp_path / "a.json", *sample.base(), planned("p1")))
    assert await taken() == [span, span]


async def test_what_overlaps_is_refused_and_the_rest_goes_in(imported: Importer, tmp_path: Path) -> None:
    half = START + timedelta(minutes=15)
    report = await imported(
        sample.put(
            tmp_path / "a.json", *sample.base(), planned("p1"), planned("p2", half), planned("p3", START + timedelta(minutes=30))
        )
    )
    assert report.of("Encounter").refused == 1
    [problem] = report.problems
    assert problem.endswith("Encounter: period: the provider or the patient has another visit at this time")
    assert await Appointment.find({"status": "BOOKED"}).count() == 2
    assert len(await taken()) == 4


async def test_a_visit_that_the_source_moved_or_called_off_gives_its_time_back(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base(), planned("p1")))
    later = START + timedelta(days=1)
    await imported(sample.put(tmp_path / "b.json", planned("p1", later)))
    assert await taken() == [(later, later + timedelta(minutes=30))] * 2
    await imported(sample.put(tmp_path / "c.json", planned("p1", later, status="cancelled")))
    assert await taken() == []


async def test_a_planned_visit_without_times_is_a_proposal(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base(), planned("p1", period={})))
    assert await Appointment.find({"status": "PROPOSED"}).count() == 1
    assert await taken() == []
