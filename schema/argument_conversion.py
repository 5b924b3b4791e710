"""Coerced arguments into what resolvers take, worked out once for each field.

Strawberry asks the types of arguments and inputs anew for each call: what is optional, a list, an enum or an input. Here that is
asked once, and what is left is a function for each type. What Strawberry does otherwise than by type (``Maybe``, global ids,
inputs that make themselves) is left to it.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any

from strawberry.relay.types import GlobalID
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument, _is_leaf_type
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.enum import has_enum_definition
from strawberry.types.lazy_type import LazyType
from strawberry.types.unset import UNSET

Convert = Callable[[Any], Any]
Arguments = Callable[[Mapping[str, Any]], dict[str, Any]]


class _Strawberrys(Exception):
    """A type that Strawberry converts."""


class Conversions:
    """Of one schema: ``config`` names what has no name of its own, ``scalars`` are its scalars."""

    def __init__(self, config: StrawberryConfig, scalars: Mapping[object, Any]) -> None:
        self._config = config
        self._scalars = scalars
        self._inputs: dict[type, Convert] = {}

    def of_arguments(self, arguments: list[StrawberryArgument]) -> Arguments | None:
        """What ``strawberry.types.arguments.convert_arguments`` does with them; None where that has to do it."""
        try:
            taken = [
                (self._config.name_converter.from_argument(argument), argument.python_name, self._of(argument.type))
                for argument in arguments
            ]
        except _Strawberrys:
            self._inputs.clear()  # inputs may refer to one that was given up halfway
            return None

        def convert(given: Mapping[str, Any]) -> dict[str, Any]:
            return {python_name: convert_one(given[name]) for name, python_name, convert_one in taken if name in given}

        return convert

    def _of(self, type_: Any) -> Convert:
        """Raises _Strawberrys."""
        if isinstance(type_, StrawberryMaybe) or type_ is GlobalID:
            raise _Strawberrys
        if isinstance(type_, StrawberryOptional):
            return self._of(type_.of_type)
        if isinstance(type_, LazyType):
            return self._of(type_.resolve_type())
        if isinstance(type_, StrawberryList):
            return self._of_list(type_.of_type)
        if has_enum_definition(type_) or _is_leaf_type(type_, self._scalars):
            return _as_it_is
        if not has_object_definition(type_):
            raise _Strawberrys
        known = self._inputs.get(type_)
        return self._of_input(type_, type_.__strawberry_definition__) if known is None else known

    def _of_list(self, inner: Any) -> Convert:
        each = self._of(inner)

        def convert(values: Any) -> Any:
            if values is None or values is UNSET:
                return values
            return list(values) if each is _as_it_is else [each(value) for value in values]

        return convert

    def _of_input(self, type_: type, definition: StrawberryObjectDefinition) -> Convert:
        if definition.from_input is not None or not definition.is_input:
            raise _Strawberrys
        fields: list[tuple[str, str, Convert]] = []
        # As Strawberry does it: what has no default of its own is null.
        absent = {
            field.python_name: None
            for field in definition.fields
            if field.default_value is MISSING and field.default_factory is MISSING
        }

        def convert(value: Any) -> Any:
            if value is None or value is UNSET:
                return value
            given = {python_name: of_field(value[name]) for name, python_name, of_field in fields if name in value}
            return type_(**{**absent, **given})

        self._inputs[type_] = convert  # before its fields, of which one may be of its own type
        for field in definition.fields:
            of_field = self._of(field.resolve_type(type_definition=definition))
            fields.append((self._config.name_converter.from_field(field), field.python_name, of_field))
        return convert


def _as_it_is(value: Any) -> Any:
    return value
