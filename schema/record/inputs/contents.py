"""From an input to the fields of a stored entry: named alike, and only what was given."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Protocol, runtime_checkable

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from models.record import Record
from resolvers.user_errors import InvalidInput, Rejected


@runtime_checkable
class _Input(Protocol):
    """One that becomes a value object."""

    def cleaned(self) -> Any: ...


def content_of(kind: type[Record], given: object) -> dict[str, Any]:
    """What a new entry has beyond what all have (``resolvers.record_writing.entry``). Null is as if it had not been given."""
    own = (kind.model_fields.keys() - Record.model_fields.keys()) | {"code"}
    return {name: value for name, value in _given(kind, given) if value is not None and name in own}


def changes_of(kind: type[Record], given: object, path: list[str]) -> dict[str, Any]:
    """For an entry that is there: null clears. Raises Rejected where there must be a value."""
    changes = {}
    for name, value in _given(kind, given):
        field = kind.model_fields[name]
        default = None if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
        if (value is None and default not in (None, [])) or (value is None and field.is_required()):
            raise Rejected(InvalidInput(message="Cannot be cleared.", path=[*path, to_camel_case(name)]))
        changes[name] = default if value is None else value
    return changes


def _given(kind: type[Record], given: object) -> Iterator[tuple[str, Any]]:
    for field in fields(given):  # type: ignore[arg-type]  # an input of strawberry is a dataclass
        value = getattr(given, field.name)
        if field.name in kind.model_fields and value is not UNSET:
            yield field.name, _value(value)


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(each) for each in value]
    return value.cleaned() if isinstance(value, _Input) else value
