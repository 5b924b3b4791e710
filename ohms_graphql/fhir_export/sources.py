"""An imported resource on its way out: as it came, but for references that only held inside of its bundle."""

from collections.abc import Callable, Iterator
from typing import Any

from ohms_graphql.fhir.keys import Key, id_in_urn, key_in
from ohms_graphql.fhir_export.values import Resource

Rename = Callable[[Key], Key]


def urns_in(value: Any) -> Iterator[str]:
    """The ids of ``urn:uuid:`` references."""
    if isinstance(value, dict):
        found = id_in_urn(value["reference"]) if isinstance(value.get("reference"), str) else None
        if found is not None:
            yield found
        for item in value.values():
            yield from urns_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from urns_in(item)


def unbundled(resource: Resource, rename: Rename, type_in_urn: Callable[[str], str | None]) -> Resource:
    """``urn:uuid:`` of a bundle's entry becomes ``Type/id`` where the type is known. Conditional references stay.

    ``rename`` gives the name that a resource of the same source has outside.
    """

    def renamed(reference: str) -> str:
        urn = id_in_urn(reference)
        if urn is not None:
            found = type_in_urn(urn)
            return reference if found is None else str(rename(Key(found, urn)))
        key = key_in(reference) if "://" not in reference and "/_history/" not in reference else None
        return reference if key is None else str(rename(key))

    def walked(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: renamed(item) if name == "reference" and isinstance(item, str) else walked(item)
                for name, item in value.items()
            }
        return [walked(item) for item in value] if isinstance(value, list) else value

    walked_through: Resource = walked(resource)
    return walked_through
