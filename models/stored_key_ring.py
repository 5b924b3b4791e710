"""The data keys, wrapped by the master key: without that they are worth nothing."""

from datetime import datetime

from models.base import StoredDocument
from models.value_object import ValueObject

RING_ID = "data-keys"


class Rotation(ValueObject):
    """A key that became the primary one of its keyset. ``key_id`` is the number that ciphertexts begin with."""

    keyset: str
    key_id: int
    at: datetime


class StoredKeyRing(StoredDocument):
    """One for the database. ``keysets`` are Tink keysets by name, encrypted with the key that ``master_key`` names.

    Changed by conditional updates on ``revision``. Keys are added and promoted, never removed: a backup may need any of them.
    """

    keysets: dict[str, bytes]
    master_key: str
    rotations: list[Rotation] = []

    class Settings(StoredDocument.Settings):
        name = "key_rings"
