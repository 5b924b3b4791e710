"""What an operation asks for, as the audit trail writes it down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Coordinates = Mapping[str, Sequence[str]]
"""The selected fields by their type: ``{"Patient": ["Patient.name"]}``."""


def _nothing() -> Coordinates:
    return {}


@dataclass(frozen=True, slots=True)
class Asked:
    """``action`` names the root fields, such as ``Query.patients``. ``is_change`` is true for mutations."""

    action: str
    is_change: bool = False
    coordinates: Callable[[], Coordinates] = _nothing


UNKNOWN = Asked("unknown")
"""Stands for what nobody has named."""
