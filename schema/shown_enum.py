"""Giving a stored enum, and each of its values, a description."""

from enum import Enum
from typing import Any, TypeVar, cast

import strawberry

E = TypeVar("E", bound=type[Enum])


def show(enum: E, description: str, **values: str) -> E:
    """Registers a stored enum with Strawberry. Raises KeyError for a value without a description."""
    shown = strawberry.enum(enum, description=description)
    for value in cast("Any", shown).__strawberry_definition__.values:
        value.description = values[value.name]
    return shown
