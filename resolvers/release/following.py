"""Following releases: each once, in order, if the caller may see the entry at that moment as the patient or a proxy."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from models.patient import ProxyScope
from models.record import Record
from models.record_release_event import RecordRelease, ReleaseFeed
from models.role import Role
from resolvers.context import RequestContext
from resolvers.errors import ExpectedError
from resolvers.release.acting import access_as, seen_as
from resolvers.schedule_feed.cursor import decode_positions, encode_positions
from resolvers.viewing import make_anew

T = TypeVar("T")

LOOK_AGAIN_SECONDS = 15.0
"""How soon somebody who has become a proxy meanwhile follows the new patient, too."""

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Released:
    """An entry, and how far its reader has come with it."""

    record: Record
    cursor: str


async def newest_cursor(context: RequestContext) -> str:
    """Where the releases of the caller's patients stand: who follows from here on misses nothing that comes after."""
    return encode_positions(await _newest(await _followed(context)))


async def follow_releases(context: RequestContext, after: str | None) -> AsyncGenerator[Released, None]:
    """What is released from now on, or from the cursor ``after`` on, to the caller as a patient or as a proxy for RECORDS.

    Before each the context is made anew: rights and rows are those of that moment. Raises ExpectedError (UNKNOWN_CURSOR) for a
    cursor that is not of this stream: fetch the record, and follow from ``newest_cursor``.
    """
    patients = await _undisturbed(_followed(context))
    positions = None if after is None else _read(after)
    while True:
        # Followed first, then looked where they stand: what is committed in between is found by looking.
        async with context.ports.releases.follow(patients) as following:
            newest = await _undisturbed(_newest(patients))
            positions = _begun(positions, newest)
            now = patients
            while now == patients:
                async for released in _caught_up(context, positions):
                    yield released
                with suppress(TimeoutError):
                    await asyncio.wait_for(following.next(), LOOK_AGAIN_SECONDS)
                make_anew(context)
                now = await _undisturbed(_followed(context))
        patients = now


def _read(after: str) -> dict[str, int]:
    positions = decode_positions(after)
    if positions is None:
        raise ExpectedError("This cursor is unknown: fetch the record, and begin anew.", "UNKNOWN_CURSOR", path=["after"])
    return positions


def _begun(positions: dict[str, int] | None, newest: dict[str, int]) -> dict[str, int]:
    """A patient who is new to the reader begins with what comes; one who is no longer theirs to follow is forgotten."""
    read = positions or {}
    if any(read.get(patient_id, 0) > last for patient_id, last in newest.items()):
        raise ExpectedError("This cursor is unknown: fetch the record, and begin anew.", "UNKNOWN_CURSOR", path=["after"])
    return {patient_id: read.get(patient_id, last) for patient_id, last in newest.items()}


async def _caught_up(context: RequestContext, positions: dict[str, int]) -> AsyncIterator[Released]:
    while True:
        missed = await _undisturbed(_missed(positions))
        for release in missed:
            positions[release.patient_id] = release.sequence
            make_anew(context)
            record = await _undisturbed(_visible(context, release))
            if record is not None:
                yield Released(record, encode_positions(positions))
        if len(missed) < _AT_ONCE:
            return


async def _followed(context: RequestContext) -> frozenset[str]:
    access = access_as(context, Role.PATIENT)
    return frozenset([*access.own, *await access.proxied(ProxyScope.RECORDS)])


async def _newest(patient_ids: Collection[str]) -> dict[str, int]:
    feeds = await ReleaseFeed.find({"_id": {"$in": sorted(patient_ids)}}).to_list()
    known = {feed.id: feed.sequence for feed in feeds}
    return {patient_id: known.get(patient_id, 0) for patient_id in sorted(patient_ids)}


async def _missed(positions: dict[str, int]) -> list[RecordRelease]:
    ranges = [{"patient_id": patient_id, "sequence": {"$gt": position}} for patient_id, position in positions.items()]
    if not ranges:
        return []
    return await RecordRelease.find({"$or": ranges}).sort("patient_id", "sequence").limit(_AT_ONCE).to_list()


async def _visible(context: RequestContext, release: RecordRelease) -> Record | None:
    if await seen_as(context, Role.PATIENT, release.record_id) is None:
        return None
    return await context.loaders.records.load(release.record_id)


async def _undisturbed(work: Awaitable[T]) -> T:
    """A subscription is ended by being cancelled; the driver must not be, in the middle of opening a connection."""
    return await asyncio.shield(work)
