"""Pieces of a resource, each with the fields of the document that it says."""

from collections.abc import Iterator
from typing import Any, NamedTuple


class Part(NamedTuple):
    """``elements`` are set; those whose value is None or empty are taken away."""

    fields: tuple[str, ...]
    elements: dict[str, Any]


Parts = Iterator[Part]


def choice(name: str, kind: str | None, value: Any) -> dict[str, Any]:
    """One of FHIR's ``name[x]``, and none of its other kinds."""
    return {f"{name}{each}": value if each == kind else None for each in _KINDS[name]}


_KINDS = {
    "onset": ("DateTime", "Age", "Period", "Range", "String"),
    "abatement": ("DateTime", "Age", "Period", "Range", "String"),
    "effective": ("DateTime", "Period", "Timing", "Instant"),
    "performed": ("DateTime", "Period", "String", "Age", "Range"),
    "occurrence": ("DateTime", "String"),
    "deceased": ("DateTime", "Boolean"),
    "medication": ("CodeableConcept", "Reference"),
    "value": (
        "Quantity",
        "CodeableConcept",
        "String",
        "Boolean",
        "Integer",
        "Range",
        "Ratio",
        "SampledData",
        "Time",
        "DateTime",
        "Period",
    ),
}
