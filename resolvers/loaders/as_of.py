"""The record as it stood at an instant: what was written by then, in the words of then.

Which entries the caller may see is decided by what stands today: what is hidden now is not reachable by way of the past. A
version that is kept is held to the rules of versions besides.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar, cast

from beanie import SortDirection
from beanie.odm.utils.parsing import parse_obj

from models.record import Record, RecordVersion
from resolvers.access import Access
from resolvers.errors import BadInput
from resolvers.loaders.base import Loader
from resolvers.queries import find_visible

R = TypeVar("R", bound=Record)

_NEWEST_FIRST = [("effective_at", SortDirection.DESCENDING), ("_id", SortDirection.DESCENDING)]
_BY_VERSION = [("record_id", SortDirection.ASCENDING), ("version", SortDirection.ASCENDING)]


def check_as_of(access: Access, instant: datetime) -> None:
    """Raises BadInput for an instant that has not been, and for analysts: their rows have no history."""
    if access.deidentifier is not None:
        raise BadInput("asOf is not for de-identified rows.", ["asOf"])
    if instant > access.instant:
        raise BadInput(f"asOf is {instant.isoformat()}, which has not been yet.", ["asOf"])


def as_stored_record(version: RecordVersion) -> Record:
    """An earlier version as the document it was."""
    return cast("Record", parse_obj(Record, version.document))


class RecordsAsOf(Loader[str, list[R]], Generic[R]):
    """``load(patient id)``: the entries of a kind, newest first. Two commands for any number of patients."""

    def __init__(self, kind: type[R], access: Access, instant: datetime) -> None:
        super().__init__()
        self._kind = kind
        self._access = access
        self._instant = instant

    async def batch_load_fn(self, keys: list[str]) -> list[list[R]]:
        today = await find_visible(self._kind, self._access, {"patient_id": {"$in": keys}}, _NEWEST_FIRST)
        found: dict[str, list[R]] = defaultdict(list)
        for record in await _then(self._access, today, self._instant):
            found[record.patient_id].append(record)
        return [sorted(found[key], key=_newest, reverse=True) for key in keys]


class RecordAsOf(Loader[str, Record | None]):
    """``load(id)``: one entry; None where it was not there yet, or is not the caller's to see."""

    def __init__(self, access: Access, instant: datetime) -> None:
        super().__init__()
        self._access = access
        self._instant = instant

    async def batch_load_fn(self, keys: list[str]) -> list[Record | None]:
        today = await find_visible(Record, self._access, {"_id": {"$in": keys}}, _NEWEST_FIRST)
        then = {record.id: record for record in await _then(self._access, today, self._instant)}
        self._access.trail.asked_in_vain(Record, [key for key in keys if key not in then])
        return [then.get(key) for key in keys]


async def _then(access: Access, today: Sequence[R], instant: datetime) -> list[R]:
    """What each entry said at the instant; those that were written later are left out."""
    changed = {record.id: record for record in today if record.since > instant and record.version > 1}
    said: dict[str, R] = {record.id: record for record in today if record.since <= instant}
    if changed:
        patients = sorted({record.patient_id for record in changed.values()})
        within = {"record_id": {"$in": sorted(changed)}, "patient_id": {"$in": patients}}
        for version in await find_visible(RecordVersion, access, within, _BY_VERSION):
            earlier = as_stored_record(version)
            if earlier.since <= instant:
                said[earlier.id] = cast("R", earlier)
    return list(said.values())


def _newest(record: Record) -> tuple[bool, float, str]:
    at = record.effective_at
    return at is not None, 0.0 if at is None else at.timestamp(), record.id
