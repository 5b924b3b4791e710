"""Gathering everything that is wrong with an input, each with its path, its limit and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from resolvers.user_errors import InvalidInput, Rejected, UserError

MAX_TEXT = 200
MAX_ITEMS = 20


@dataclass(slots=True)
class Complaints:
    """``check`` at the end raises Rejected with all of them at once."""

    found: list[UserError] = field(default_factory=list)

    def add(self, path: list[str], message: str) -> None:
        self.found.append(InvalidInput(message=message, path=path))

    def text(
        self, path: list[str], value: str | None, *, most: int = MAX_TEXT, required: bool = False, lines: bool = False
    ) -> None:
        """``lines``: may have several."""
        if value is None:
            return
        if required and not value.strip():
            self.add(path, "Must not be empty.")
        if len(value) > most:
            self.add(path, f"Has {len(value)} characters; at most {most} fit.")
        if any((ord(character) < 32 and not (lines and character == "\n")) or ord(character) == 127 for character in value):
            self.add(path, "Must not hold control characters.")

    def items(self, path: list[str], values: Sequence[Any], *, most: int = MAX_ITEMS) -> None:
        if len(values) > most:
            self.add(path, f"Has {len(values)} entries; at most {most} fit.")

    def number(self, path: list[str], value: int | None, least: int, most: int) -> None:
        if value is not None and not least <= value <= most:
            self.add(path, f"Is {value}; it must be from {least} to {most}.")

    def check(self) -> None:
        """Raises Rejected."""
        if self.found:
            raise Rejected(*self.found)
