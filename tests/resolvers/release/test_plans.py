"""The queries of releases, critical values and timelines walk indexes, and timelines are not sorted."""

from collections.abc import Iterator
from typing import Any

from models.base import StoredDocument
from models.record import EVER, Observation, Record
from models.record_release_event import RecordRelease, ReleaseFeed
from ohms_graphql.database import Database
from resolvers.critical_results.listing import ordered_by
from resolvers.timeline.cursor import Place, beyond
from resolvers.timeline.entries import SOURCES
from tests.clinic import NOON

ID = "0" * 26


def _stages(plan: dict[str, Any]) -> Iterator[str]:
    if "stage" in plan:
        yield f"{plan['stage']} {plan.get('indexName', '')}".strip()
    for value in plan.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from _stages(part)


async def _plan(document: type[StoredDocument], within: dict[str, Any], sort: list[tuple[str, int]] | None = None) -> set[str]:
    cursor = document.get_pymongo_collection().find(within)
    explained = await (cursor.sort(sort) if sort else cursor).explain()
    return set(_stages(explained["queryPlanner"]["winningPlan"]))


async def test_each_source_of_a_timeline_is_walked_in_its_order(database: Database) -> None:
    for source in SOURCES:
        for descending in (False, True):
            for place in (None, Place(NOON, 1, ID)):
                within = {"$and": [{"patient_id": ID}, source.within, beyond(source, place, descending=descending)]}
                direction = -1 if descending else 1
                stages = await _plan(source.document, within, [(source.field, direction), ("_id", direction)])
                assert not stages & {"COLLSCAN", "SORT"}, (source.kind, source.field, stages)


async def test_what_jobs_and_lists_look_for_has_an_index(database: Database) -> None:
    for document, within in (
        (Observation, ordered_by(ID)),
        (RecordRelease, {"$or": [{"patient_id": ID, "sequence": {"$gt": 3}}, {"patient_id": "1" * 26, "sequence": {"$gt": 0}}]}),
        (ReleaseFeed, {"mail_due_at": {"$lte": NOON}, "lease_until": {"$not": {"$gt": NOON}}}),
        (Record, {"release.at": None, "release.hold.until": {"$gt": EVER, "$lte": NOON}}),
    ):
        stages = await _plan(document, within)
        assert "COLLSCAN" not in stages, (document, stages)
        assert any(stage.startswith("IXSCAN") for stage in stages), (document, stages)
