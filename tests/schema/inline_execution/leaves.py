"""Leaf types, and values for them: those that are right, and those that are not quite."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from random import Random
from typing import Any, NewType

import strawberry
from graphql import Undefined

from schema.scalars import SCALARS
from tests.schema.inline_execution.things import Text


@strawberry.enum
class Colour(Enum):
    RED = "red"
    GREEN = "green"
    CRIMSON = "red"  # noqa: PIE796  # another name of the first


@strawberry.enum
class Level(StrEnum):
    LOW = "low"
    HIGH = "high"


@strawberry.enum
class Rank(IntEnum):
    FIRST = 1
    SECOND = 2


Fickle = NewType("Fickle", object)


def _fickle(value: Any) -> Any:
    """Of some values nothing, of others an error."""
    match value:
        case "none":
            return None
        case "undefined":
            return Undefined
        case "bad":
            raise ValueError("This is bad.")
    return value


SCALAR_MAP: dict[object, Any] = {
    **SCALARS,
    Fickle: strawberry.scalar(name="Fickle", serialize=_fickle, parse_value=lambda value: value),
}

ANNOTATIONS: dict[str, Any] = {
    "String": str,
    "ID": strawberry.ID,
    "Int": int,
    "Float": float,
    "Boolean": bool,
    "DateTime": datetime,
    "Date": date,
    "Decimal": Decimal,
    "Fickle": Fickle,
    "Colour": Colour,
    "Level": Level,
    "Rank": Rank,
}

_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

_RIGHT: dict[str, list[Any]] = {
    "String": ["", "a", "Zoë", "many words"],
    "ID": ["", "UGF0aWVudDox", "7"],
    "Int": [0, 1, -1, 2**31 - 1, -(2**31)],
    "Float": [0.0, 1.5, -2e300, 3.0],
    "Boolean": [True, False],
    "DateTime": [_NOON],
    "Date": [date(2026, 3, 2)],
    "Decimal": [Decimal("1.50"), Decimal(7)],
    "Fickle": ["a", 1, {"b": [1, None]}, [], 0],
    "Colour": list(Colour),
    "Level": list(Level),
    "Rank": list(Rank),
}

_OTHER: dict[str, list[Any]] = {
    "String": [Text("text"), 1, True, 1.5, Decimal("1.0"), Level.LOW, Colour.RED],
    "ID": [Text("text"), 7, 7.0, Fraction(1, 2)],
    "Int": [True, 3.0, "3", Rank.FIRST, Decimal(3)],
    "Float": [True, 3, "1.5", Decimal("1.5"), Rank.SECOND],
    "Boolean": [0, 1, 2.0, Decimal(0)],
    "DateTime": [_NOON.replace(tzinfo=None), date(2026, 3, 2)],
    "Date": [_NOON],
    "Decimal": ["1.50", 7],
    "Fickle": [Colour.RED.value, (1, 2), "none", "undefined", "bad"],
    "Colour": ["red", "green"],
    "Level": ["low", Text("high")],
    "Rank": [1, 2, True, 1.0],
}

_WRONG: list[Any] = [
    2**40,
    -(2**31) - 1,
    float("nan"),
    float("inf"),
    1.5,
    "x",
    "none",
    "undefined",
    "bad",
    b"x",
    [],
    {},
    (),
    7,
    True,
]


def right(type_name: str, random: Random) -> Any:
    return random.choice(_RIGHT[type_name])


def odd(type_name: str, random: Random) -> Any:
    """Some can be coerced, some cannot."""
    return random.choice(_OTHER[type_name] if random.random() < 0.5 else _WRONG)
