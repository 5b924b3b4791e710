"""Reading what was exported, and comparing it with what once came."""

import gzip
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from fhir.resources.R4B import get_fhir_model_class

Resource = dict[str, Any]
Name = tuple[str, str]


def exported_resources(folder: Path) -> dict[Name, Resource]:
    """By type and id; each is there once."""
    found: dict[Name, Resource] = {}
    for path in sorted(folder.glob("*.ndjson")):
        for line in path.read_bytes().splitlines():
            resource = json.loads(line, parse_float=Decimal)
            name = (resource["resourceType"], resource["id"])
            assert path.stem == name[0]
            assert name not in found
            found[name] = resource
    return found


def bundled_resources(bundles: list[Path]) -> dict[Name, Resource]:
    entries = (
        entry["resource"]
        for path in bundles
        for entry in json.loads(gzip.decompress(path.read_bytes()), parse_float=Decimal)["entry"]
    )
    return {(resource["resourceType"], resource["id"]): resource for resource in entries}


def differences(was: Any, now: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Every value that is not the same, digits of numbers included, by its path."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted(was.keys() | now.keys()):
            yield from differences(was.get(name), now.get(name), f"{path}.{name}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for one, other in zip(was, now, strict=True):
            yield from differences(one, other, path)
    elif type(was) is not type(now) or str(was) != str(now):
        yield path, was, now


def faults(resources: dict[Name, Resource]) -> list[str]:
    """What the models of FHIR R4B, whose resources here are those of R4, refuse."""
    found = []
    for (resource_type, _), resource in resources.items():
        try:
            get_fhir_model_class(resource_type).model_validate(json.loads(json.dumps(resource, default=str)))
        except ValueError as error:
            found.append(f"{resource_type}: {error}"[:500])
    return found
