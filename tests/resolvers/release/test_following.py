"""Following releases: each once and in order for each patient, from any cursor on, and whoever's proxy one becomes meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from models.patient import Patient, Proxy, ProxyRelationship, ProxyScope
from models.record import ClinicalNote
from models.record_release_event import RecordRelease, ReleaseFeed
from models.values import CodeableConcept
from ohms_graphql.database import Database
from resolvers.context import RequestContext, open_context
from resolvers.principal import principal_of
from resolvers.release.following import Released, follow_releases, newest_cursor
from tests.clinic import NOON, Clinic, plain_ports


@dataclass
class Bell:
    """A stream that says "look" when it is rung; ``followed`` are those of each time somebody began."""

    rung: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    followed: list[set[str]] = field(default_factory=list)
    began: asyncio.Queue[None] = field(default_factory=asyncio.Queue)

    @asynccontextmanager
    async def follow(self, patient_ids: Collection[str]) -> AsyncIterator["Bell"]:
        self.followed.append(set(patient_ids))
        self.began.put_nowait(None)
        yield self

    async def next(self) -> object:
        await self.rung.get()
        return None


def _context(clinic: Clinic, bell: Bell, caller: str) -> RequestContext:
    return open_context(principal_of(clinic.accounts[caller]), replace(plain_ports(), releases=bell))


async def _release(patient: Patient, number: int) -> None:
    """So many notes of a patient, released one after the other."""
    feed = await ReleaseFeed.get(patient.id)
    begin = 0 if feed is None else feed.sequence
    notes = [ClinicalNote(code=CodeableConcept(text="Note"), text=str(place), patient_id=patient.id) for place in range(number)]
    await ClinicalNote.insert_many(notes)
    await RecordRelease.insert_many(
        [
            RecordRelease(patient_id=patient.id, record_id=note.id, sequence=begin + place + 1, at=NOON)
            for place, note in enumerate(notes)
        ]
    )
    counted = {"$set": {"sequence": begin + number}}
    await ReleaseFeed.get_pymongo_collection().update_one({"_id": patient.id}, counted, upsert=True)


async def _read(context: RequestContext, after: str | None, number: int) -> list[Released]:
    async with aclosing(follow_releases(context, after)) as releases:
        return [await asyncio.wait_for(anext(releases), 10) for _ in range(number)]


def _texts(told: list[Released]) -> list[Any]:
    return [released.record.text for released in told if isinstance(released.record, ClinicalNote)]


async def test_each_once_and_in_order_from_any_cursor_on(database: Database) -> None:
    clinic, bell = await Clinic().stored(), Bell()
    begin = await newest_cursor(_context(clinic, bell, "alice"))
    await _release(clinic.alice, 230)  # more than are read at once
    await _release(clinic.bob, 3)
    told = await _read(_context(clinic, bell, "alice"), begin, 230)
    assert _texts(told) == [str(place) for place in range(230)]
    for place in (0, 99, 100, 228):
        on = await _read(_context(clinic, bell, "alice"), told[place].cursor, 229 - place)
        assert _texts(on) == [str(number) for number in range(place + 1, 230)]
    assert set().union(*bell.followed) == {clinic.alice.id}


async def test_who_becomes_a_proxy_follows_from_then_on(database: Database) -> None:
    clinic, bell = await Clinic().stored(), Bell()
    await _release(clinic.bob, 2)
    context = _context(clinic, bell, "alice")
    async with aclosing(follow_releases(context, await newest_cursor(context))) as releases:
        coming = asyncio.ensure_future(anext(releases))
        await asyncio.wait_for(bell.began.get(), 10)
        account_id = clinic.accounts["alice"].id
        clinic.bob.proxies = [Proxy(account_id=account_id, relationship=ProxyRelationship.CAREGIVER, scope=[ProxyScope.RECORDS])]
        await clinic.bob.replace()
        bell.rung.put_nowait(None)
        await asyncio.wait_for(bell.began.get(), 10)
        assert bell.followed == [{clinic.alice.id}, {clinic.alice.id, clinic.bob.id}]
        await asyncio.sleep(0.2)  # until they wait again: what was released before is not told
        await _release(clinic.bob, 1)
        bell.rung.put_nowait(None)
        told = await asyncio.wait_for(coming, 10)
        assert (told.record.patient_id, _texts([told])) == (clinic.bob.id, ["0"])
