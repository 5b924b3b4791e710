"""Typed access to the parts of a resource. What is wrong is told by its path, never by its value: that may be patient data."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

T = TypeVar("T")


class Refusal(Exception):
    """A resource cannot go in: ``path`` inside it and what was expected there."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


class Element:
    """A JSON object of a resource and the path to it (empty for the resource itself). Empty text counts as absent.

    Every method raises Refusal when the value has another type than asked for.
    """

    __slots__ = ("_fields", "path")

    def __init__(self, fields: dict[str, Any], path: str = "") -> None:
        self._fields = fields
        self.path = path

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        return name in self._fields

    def raw(self, name: str) -> Any:
        return self._fields.get(name)

    def text(self, name: str) -> str | None:
        value = self._fields.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise Refusal(self.at(name), "text expected")
        return value.strip() or None

    def texts(self, name: str) -> list[str]:
        values = self._list(name)
        if not all(isinstance(value, str) for value in values):
            raise Refusal(self.at(name), "texts expected")
        return [value for value in values if value.strip()]

    def required_text(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise Refusal(self.at(name), "required")
        return value

    def code(self, name: str, meanings: Mapping[str, T]) -> T | None:
        """What a code of a closed list stands for."""
        value = self.text(name)
        if value is None:
            return None
        if value not in meanings:
            raise Refusal(self.at(name), f"one of {', '.join(meanings)} expected")
        return meanings[value]

    def required_code(self, name: str, meanings: Mapping[str, T]) -> T:
        value = self.code(name, meanings)
        if value is None:
            raise Refusal(self.at(name), "required")
        return value

    def boolean(self, name: str) -> bool | None:
        value = self._fields.get(name)
        if value is None or isinstance(value, bool):
            return value
        raise Refusal(self.at(name), "true or false expected")

    def decimal(self, name: str) -> Decimal | None:
        value = self._fields.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise Refusal(self.at(name), "number expected")
        return Decimal(value)

    def element(self, name: str) -> "Element | None":
        value = self._fields.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Refusal(self.at(name), "object expected")
        return Element(value, self.at(name))

    def elements(self, name: str) -> list["Element"]:
        found = []
        for index, value in enumerate(self._list(name)):
            path = f"{self.at(name)}[{index}]"
            if not isinstance(value, dict):
                raise Refusal(path, "object expected")
            found.append(Element(value, path))
        return found

    def _list(self, name: str) -> list[Any]:
        value = self._fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Refusal(self.at(name), "list expected")
        return value
