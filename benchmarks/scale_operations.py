"""What is asked of the large clinic: the two pages, and lists from their beginning, from their end and from deep inside."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from schema.node import global_id

_ROWS = {
    "appointments": "id status start end mode reason patient { id name { text } birthDate } provider { id name { text } }",
    "patients": "id mrn birthDate name { text }",
    "records": "id status effectiveAt code { text }",
}
_TYPES = {"appointments": "Appointment", "patients": "Patient", "records": "Record"}


@dataclass(frozen=True, slots=True)
class Listing:
    """A connection at the root, as one caller filters and orders it: literals of GraphQL without braces."""

    name: str
    field: str
    caller: str
    where: str = ""
    order: str = ""

    def body(self, place: str, *, rows: str | None = None, more: str = "") -> bytes:
        """A page at ``place``, such as ``first: 50, after: "..."``."""
        given = [place, self.where and f"where: {{{self.where}}}", self.order and f"orderBy: {{{self.order}}}"]
        arguments = ", ".join(part for part in given if part)
        shown = rows or _ROWS[self.field]
        text = (
            f"{{ {self.field}({arguments}) {{ {more} nodes {{ {shown} }} pageInfo {{ startCursor endCursor hasNextPage }} }} }}"
        )
        return orjson.dumps({"query": text})


@dataclass(frozen=True, slots=True)
class Places:
    """Ids within the large clinic that listings are about."""

    provider: str
    patient: str
    organization: str
    extra: dict[str, Any] = field(default_factory=dict)


def listings(at: Places) -> list[Listing]:
    """Every way that people look through a large clinic. Callers are ``provider``, ``staff`` and ``patient``."""
    provider, patient = global_id("Provider", at.provider), global_id("Patient", at.patient)
    organization = global_id("Organization", at.organization)
    newest = "field: START, direction: DESC"
    return [
        Listing("own schedule", "appointments", "provider", f'provider: "{provider}"'),
        Listing("own schedule, newest first", "appointments", "provider", f'provider: "{provider}"', newest),
        Listing("own schedule, one status", "appointments", "provider", f'provider: "{provider}", status: [FULFILLED]'),
        Listing("own schedule, by time of booking", "appointments", "provider", f'provider: "{provider}"', "field: CREATED_AT"),
        Listing("all that a provider sees", "appointments", "provider"),
        Listing("all that a provider sees, by time of booking", "appointments", "provider", "", "field: CREATED_AT"),
        Listing("a provider's schedule", "appointments", "staff", f'provider: "{provider}"'),
        Listing("all visits", "appointments", "staff"),
        Listing("all visits of two statuses", "appointments", "staff", "status: [CANCELLED, NO_SHOW]"),
        Listing("all visits by video", "appointments", "staff", "mode: VIDEO"),
        Listing("all visits by time of booking", "appointments", "staff", "", "field: CREATED_AT"),
        Listing("an organization's visits", "appointments", "staff", f'organization: "{organization}"'),
        Listing("a patient's visits", "appointments", "staff", f'patient: "{patient}"'),
        Listing("a patient's visits, by time of booking", "appointments", "staff", f'patient: "{patient}"', "field: CREATED_AT"),
        Listing("own visits", "appointments", "patient"),
        Listing("all patients", "patients", "staff"),
        Listing("patients found by name", "patients", "staff", 'search: "grace"'),
        Listing("a provider's care team", "patients", "staff", f'careTeam: "{provider}"'),
        Listing("patients under care", "patients", "provider"),
        Listing("a patient's record", "records", "provider", f'patient: "{patient}"'),
        Listing("a patient's results", "records", "provider", f'patient: "{patient}", kind: [OBSERVATION]'),
        Listing(
            "a patient's record, two kinds", "records", "provider", f'patient: "{patient}", kind: [OBSERVATION, CLINICAL_NOTE]'
        ),
        Listing(
            "a patient's record, newest first",
            "records",
            "provider",
            f'patient: "{patient}"',
            "field: EFFECTIVE_AT, direction: DESC",
        ),
        Listing("own record", "records", "patient"),
        Listing("all that a provider may read", "records", "provider"),
        Listing("what a provider wrote", "records", "provider", f'author: "{provider}"'),
        Listing("one kind of all under care", "records", "provider", "kind: [LAB_REPORT]"),
        Listing("one result of all under care", "records", "provider", 'code: "8867-4"'),
    ]
