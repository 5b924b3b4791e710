"""A rule: one named reason for which rows become visible."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from models.confidentiality import Confidentiality
from models.role import Role
from resolvers.access import Access

Filter = dict[str, Any]

EVERYTHING: Filter = {}
NOTHING: Filter = {"_id": {"$in": []}}

Rows = Callable[[Access, Filter], Awaitable[Filter | None]]
"""Gives the rows that a caller sees by a rule, within the caller's own filter; None where the rule gives this caller none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleBy:
    """Callers with one of ``roles`` see ``rows``. ``why`` says it in plain words, with the source where law asks for it."""

    name: str
    roles: frozenset[Role]
    why: str
    rows: Rows


Rules = tuple[VisibleBy, ...]
"""The alternatives for one document, any of them enough. Those that let a role see everything come first: they spare the rest."""


async def everything(_access: Access, _within: Filter) -> Filter | None:
    return EVERYTHING


def one_of(ids: list[str], field: str = "patient_id") -> Filter | None:
    """Rows that name one of some patients; None where there are none."""
    return {field: ids[0] if len(ids) == 1 else {"$in": ids}} if ids else None


# What was stored before there were levels has none, and is ordinary.
ORDINARY: Filter = {"confidentiality": {"$in": [Confidentiality.NORMAL.value, None]}}


async def under_care(access: Access, within: Filter) -> Filter | None:
    """Rows of patients under the calling provider's care."""
    if access.principal.provider_id is None:
        return None
    return {"patient_id": {"$in": await access.under_care(_named_patients(within))}}


def _named_patients(within: Filter) -> list[str] | None:
    """The patients that a filter is limited to, or None when it names none."""
    match within.get("patient_id"):
        case str() as patient_id:
            return [patient_id]
        case {"$in": list() as patient_ids}:
            return patient_ids
        case _:
            return None


async def behind_glass(access: Access, _within: Filter) -> Filter | None:
    """Rows of patients for whom the caller has broken the glass."""
    return one_of(await access.glass_broken_for())


PATIENTS = frozenset({Role.PATIENT})
PROVIDERS = frozenset({Role.PROVIDER})
STAFF = frozenset({Role.STAFF})

EMERGENCY = "A provider who broke the glass sees the patient for 15 minutes; a review follows (45 CFR 164.312(a)(2)(ii))."
CARE = "Providers see patients under their care: on the care team, or with an appointment (45 CFR 164.506(c))."
"""Words that several documents share."""
