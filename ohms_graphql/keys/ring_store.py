"""The key ring as the database keeps it, wrapped by the master key: found or made at start, read again when it has changed."""

import asyncio
import logging

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError
from tink import aead

from models.base import now
from models.secret import use_key_ring
from models.stored_key_ring import RING_ID, Rotation, StoredKeyRing
from ohms_graphql.errors import OhmsError
from ohms_graphql.keys.keysets import Handle, unwrapped, with_key_added, with_primary, wrapped
from ohms_graphql.keys.master_key import MasterKey
from ohms_graphql.keys.ring import TinkKeyRing, new_key_ring

_log = logging.getLogger(__name__)

READ_EVERY_SECONDS = 5.0
"""How often a process looks whether keys were added or promoted."""


class RingStore:
    """The ring of one database. ``ring`` is the one in use."""

    def __init__(self, master_key: MasterKey) -> None:
        self._master_key = master_key
        self._master: aead.Aead | None = None
        self._revision = 0
        self.ring: TinkKeyRing

    async def open(self) -> None:
        """Hands the ring in, and makes it where there is none. Raises OhmsError when the master key does not open it."""
        stored = await StoredKeyRing.get(RING_ID)
        if stored is None:
            stored = await self._make()
        await self._use(stored)

    async def read_again(self) -> None:
        """Takes up keys that were added since, and a new primary one."""
        row = await StoredKeyRing.get_pymongo_collection().find_one({"_id": RING_ID}, {"revision": 1})
        if row is not None and row["revision"] != self._revision:
            stored = await StoredKeyRing.get(RING_ID)
            if stored is not None:
                await self._use(stored)
                _log.info("the key ring was read again: revision %d", self._revision)

    async def add_key(self, name: str) -> int:
        """A key that decrypts and does not encrypt yet: so that every process knows it before anything is encrypted with it."""
        handle, key_id = with_key_added(self.ring.keysets[name], name)
        await self._store(name, handle)
        return key_id

    async def promote(self, name: str, key_id: int) -> None:
        """From now on ``name`` encrypts with it."""
        await self._store(name, with_primary(self.ring.keysets[name], key_id), Rotation(keyset=name, key_id=key_id, at=now()))

    async def wrap_with(self, master_key: MasterKey) -> None:
        """The same data keys, wrapped by another master key."""
        master = await asyncio.to_thread(master_key.open)
        sealed = {name: await asyncio.to_thread(wrapped, handle, master) for name, handle in self.ring.keysets.items()}
        self._master_key, self._master = master_key, master
        await self._change({f"keysets.{name}": value for name, value in sealed.items()} | {"master_key": master_key.name}, None)

    async def _store(self, name: str, handle: Handle, rotation: Rotation | None = None) -> None:
        master = await self._opened_master()
        await self._change({f"keysets.{name}": await asyncio.to_thread(wrapped, handle, master)}, rotation)

    async def _change(self, changes: dict[str, object], rotation: Rotation | None) -> None:
        update: dict[str, object] = {"$set": {**changes, "updated_at": now()}, "$inc": {"revision": 1}}
        if rotation is not None:
            update["$push"] = {"rotations": dict(rotation)}
        row = await StoredKeyRing.get_pymongo_collection().find_one_and_update(
            {"_id": RING_ID, "revision": self._revision}, update, return_document=ReturnDocument.AFTER
        )
        if row is None:
            raise OhmsError("Somebody else changed the keys at the same moment: look at `ohms keys status`, then try again.")
        await self._use(StoredKeyRing.model_validate(row))

    async def _make(self) -> StoredKeyRing:
        ring = new_key_ring()
        master = await self._opened_master()
        sealed = {name: await asyncio.to_thread(wrapped, handle, master) for name, handle in ring.keysets.items()}
        stored = StoredKeyRing(id=RING_ID, keysets=sealed, master_key=self._master_key.name)
        try:
            await stored.insert()
        except DuplicateKeyError:
            # Another process made one at the same moment: that one it is.
            stored = await StoredKeyRing.get(RING_ID) or stored
        return stored

    async def _use(self, stored: StoredKeyRing) -> None:
        master = await self._opened_master()
        handles = {name: await asyncio.to_thread(unwrapped, sealed, master) for name, sealed in stored.keysets.items()}
        self.ring = TinkKeyRing(handles)
        self._revision = stored.revision
        use_key_ring(self.ring)

    async def _opened_master(self) -> aead.Aead:
        if self._master is None:
            self._master = await asyncio.to_thread(self._master_key.open)
        return self._master
