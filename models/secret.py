"""Value types that are encrypted on every write and decoded on every read.

A type stands for one place, a collection and a field of it. What it encrypts is bound to that place: a ciphertext that was
changed, or put somewhere else, is a fault and never a value. So a field that nobody may read in the database has a type of its
own here, and whoever writes a plain value there is refused by the database itself (``models.secret_fields``).

The key ring is handed in at start (``use_key_ring``). Beanie's encoders call ``sealed`` wherever it writes (``ENCODERS``);
reading goes through pydantic. Why so, and what equality and search reveal: docs/decisions/0030-encryption-at-rest.md.
"""

from datetime import date
from typing import Any, ClassVar, Protocol, Self

import orjson
from pydantic import GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from models import exact_json
from models.value_object import ValueObject


class SecretFault(Exception):
    """What stands at a place was not encrypted there with a key of this ring: changed, moved, or of another deployment.

    Its text names the place, never the value. Not a ValueError: pydantic would make a complaint about input of it.
    """

    def __init__(self, place: str) -> None:
        super().__init__(f"What is stored in {place} was not encrypted there with a key of this deployment.")
        self.place = place


class KeyRing(Protocol):
    """Encrypts with its primary key and decrypts with any of its keys (``ohms_graphql.keys``)."""

    def seal(self, plain: bytes, place: str) -> bytes: ...

    def open(self, sealed: bytes, place: str) -> bytes:
        """Raises SecretFault."""
        ...

    def seal_alike(self, plain: bytes, place: str) -> bytes:
        """The same for the same: can be looked for, and tells which values are equal."""
        ...

    def open_alike(self, sealed: bytes, place: str) -> bytes:
        """Raises SecretFault."""
        ...

    def alike(self, plain: bytes, place: str) -> list[bytes]:
        """What ``seal_alike`` gives with each key of the ring, the primary key's first."""
        ...

    def token(self, text: str, place: str) -> int:
        """A keyed hash, 63 bits, for finding words."""
        ...


_rings: list[KeyRing] = []

PLACES: dict[str, type] = {}
"""Which type stands at each place."""


def use_key_ring(ring: KeyRing) -> None:
    """For this process, from now on."""
    _rings[:] = [ring]


def key_ring() -> KeyRing:
    """Raises RuntimeError before one was handed in."""
    if not _rings:
        raise RuntimeError("no key ring was handed in: models.secret.use_key_ring")
    return _rings[0]


def _register(kind: type, place: str) -> None:
    if place in PLACES:
        raise TypeError(f"{kind.__name__} and {PLACES[place].__name__} both stand at {place}")
    PLACES[place] = kind


class SecretText(str):
    """Text. A ``searchable`` one is encrypted so that equal texts stay equal: ``lookup`` gives the filter that finds it."""

    __slots__ = ()
    place: ClassVar[str]
    searchable: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _register(cls, cls.place)

    @property
    def sealed(self) -> bytes:
        ring = key_ring()
        return (ring.seal_alike if self.searchable else ring.seal)(self.encode(), self.place)

    @classmethod
    def opened(cls, sealed: bytes) -> Self:
        """Raises SecretFault."""
        ring = key_ring()
        return cls((ring.open_alike if cls.searchable else ring.open)(sealed, cls.place), "utf-8")

    @classmethod
    def lookup(cls, text: str) -> Any:
        """What a filter compares the field with. Raises TypeError where the type is not searchable."""
        return _lookup(cls, text.encode())

    @classmethod
    def _read(cls, value: object) -> Self:
        if isinstance(value, bytes):
            return cls.opened(value)
        if type(value) is cls:
            return value
        if isinstance(value, str):
            return cls(value)
        raise ValueError("text expected")

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._read)


class SecretDate(date):
    """A calendar date, searchable or not as ``SecretText``."""

    place: ClassVar[str]
    searchable: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _register(cls, cls.place)

    @property
    def sealed(self) -> bytes:
        ring = key_ring()
        return (ring.seal_alike if self.searchable else ring.seal)(self.isoformat().encode(), self.place)

    @classmethod
    def opened(cls, sealed: bytes) -> Self:
        """Raises SecretFault."""
        ring = key_ring()
        return cls.fromisoformat((ring.open_alike if cls.searchable else ring.open)(sealed, cls.place).decode())

    @classmethod
    def lookup(cls, day: date) -> Any:
        """What a filter compares the field with. Raises TypeError where the type is not searchable."""
        return _lookup(cls, day.isoformat().encode())

    @classmethod
    def _read(cls, value: object) -> Self:
        if isinstance(value, bytes):
            return cls.opened(value)
        if type(value) is cls:
            return value
        if isinstance(value, str):
            return cls.fromisoformat(value)
        if isinstance(value, date):
            return cls(value.year, value.month, value.day)
        raise ValueError("a date expected")

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._read)


class SecretValue(ValueObject):
    """A value object that is encrypted as a whole: its parts stand together in one ciphertext."""

    place: ClassVar[str]
    searchable: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(cls, **_arguments: Any) -> None:
        if "place" in cls.__dict__:
            _register(cls, cls.place)

    @property
    def sealed(self) -> bytes:
        return key_ring().seal(orjson.dumps(self.model_dump(mode="json", exclude_defaults=True)), self.place)

    @classmethod
    def opened(cls, sealed: bytes) -> Self:
        """Raises SecretFault."""
        return cls.model_validate(sealed)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, bytes):
            return orjson.loads(key_ring().open(value, cls.place))
        if isinstance(value, ValueObject) and not isinstance(value, cls):
            return dict(value)  # the same without a place, as it comes from input
        return value


class SecretJson:
    """Any JSON. Opened when it is asked for: what was imported is large, and seldom looked at."""

    __slots__ = ("_plain", "_sealed")
    place: ClassVar[str]
    searchable: ClassVar[bool] = False

    def __init__(self, plain: Any = None, *, sealed: bytes | None = None) -> None:
        self._plain = plain
        self._sealed = sealed

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _register(cls, cls.place)

    @property
    def plain(self) -> Any:
        """Raises SecretFault."""
        if self._sealed is None:
            return self._plain
        return exact_json.loads(key_ring().open(self._sealed, self.place))

    @property
    def sealed(self) -> bytes:
        if self._sealed is not None:
            return self._sealed
        return key_ring().seal(exact_json.dumps(self._plain), self.place)

    @classmethod
    def opened(cls, sealed: bytes) -> Self:
        """Raises SecretFault."""
        return cls(exact_json.loads(key_ring().open(sealed, cls.place)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.plain == other.plain

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def _read(cls, value: object) -> Self:
        if type(value) is cls:
            return value
        if isinstance(value, SecretJson):
            return cls(value.plain)
        if isinstance(value, bytes):
            return cls(sealed=value)
        return cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        shown = core_schema.plain_serializer_function_ser_schema(lambda value: value.plain)
        return core_schema.no_info_plain_validator_function(cls._read, serialization=shown)


Secret = SecretText | SecretDate | SecretValue | SecretJson

SECRET_TYPES: tuple[type, ...] = (SecretText, SecretDate, SecretValue, SecretJson)


def seal(value: Secret) -> bytes:
    """What stands in the database for a value."""
    return value.sealed


ENCODERS: dict[type, Any] = dict.fromkeys(SECRET_TYPES, seal)
"""For ``Settings.bson_encoders``."""


def _lookup(kind: type[SecretText] | type[SecretDate], plain: bytes) -> Any:
    if not kind.searchable:
        raise TypeError(f"{kind.__name__} cannot be searched for")
    forms = key_ring().alike(plain, kind.place)
    return forms[0] if len(forms) == 1 else {"$in": forms}
