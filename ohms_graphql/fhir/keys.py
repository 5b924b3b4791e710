"""What names a resource: its type and id, found in the resource itself, in the address of its entry, or in a reference."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from models.identity import imported_id
from ohms_graphql.fhir.element import Element, Refusal
from ohms_graphql.fhir.files import Entry
from ohms_graphql.fhir.resource_types import RESOURCE_TYPES

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_ENDS_IN_KEY = re.compile(r"(?:^|/)([A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$")
_OWN_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_URN = ("urn:uuid:", "urn:oid:")


class OwnExport(str):
    """Names the source of what an OHMS exported: ids that an OHMS gave are kept."""

    __slots__ = ()


class Key(NamedTuple):
    """``Patient/12``: unique within one source."""

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"

    def document_id(self, source: str) -> str:
        if isinstance(source, OwnExport) and _OWN_ID.fullmatch(self.id):
            return self.id
        return _document_id(source, self.type, self.id)


@lru_cache(maxsize=1 << 16)
def _document_id(source: str, resource_type: str, resource_id: str) -> str:
    # Asked for again and again: everything of a patient names the patient.
    return imported_id(source, resource_type, resource_id)


def key_of_entry(entry: Entry) -> Key:
    """Raises Refusal when an entry does not say what it is."""
    if entry.broken:
        raise Refusal("", entry.broken)
    resource = resource_of(entry)
    resource_type = resource.required_text("resourceType")
    if resource_type not in RESOURCE_TYPES:
        raise Refusal("resourceType", "a resource type of FHIR R4 expected")
    resource_id = resource.text("id") or _id_in(entry.full_url)
    if resource_id is None:
        raise Refusal("id", "required, or a fullUrl of the entry")
    if not _ID.fullmatch(resource_id):
        raise Refusal("id", "1 to 64 letters, digits, - and . expected")
    return Key(resource_type, resource_id)


def resource_of(entry: Entry) -> Element:
    if not isinstance(entry.content, dict):
        raise Refusal("", "a resource expected")
    return Element(entry.content)


def type_said(content: Any) -> str | None:
    """The resource type that an entry claims, when it is one."""
    said = content.get("resourceType") if isinstance(content, dict) else None
    return said if isinstance(said, str) and said in RESOURCE_TYPES else None


def _id_in(url: str | None) -> str | None:
    if url is None:
        return None
    if url.startswith(_URN):
        return url.rsplit(":", 1)[1]
    match = _ENDS_IN_KEY.search(url)
    return match.group(2) if match else None


@lru_cache(maxsize=1 << 16)
def key_in(reference: str) -> Key | None:
    """The key that a relative or absolute reference ends in."""
    match = _ENDS_IN_KEY.search(reference)
    return Key(match.group(1), match.group(2)) if match and match.group(1) in RESOURCE_TYPES else None


def id_in_urn(reference: str) -> str | None:
    """The id in ``urn:uuid:...``, which does not say of which type the resource is."""
    if not reference.startswith(_URN):
        return None
    found = reference.rsplit(":", 1)[1]
    return found if _ID.fullmatch(found) else None
