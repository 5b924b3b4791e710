"""Education matched to a patient's own active conditions and language."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from beanie import SortDirection

from models.education import EducationReading, EducationResource
from models.patient import Patient
from models.record import Condition, ConditionStatus
from resolvers.access import Access
from resolvers.loaders.base import Loader
from resolvers.queries import find_visible

USUAL_LANGUAGE = "en"
"""For those who have told none, or one that nothing is written in."""

_ACTIVE = [status.value for status in (ConditionStatus.ACTIVE, ConditionStatus.RECURRENCE, ConditionStatus.RELAPSE)]
_NEWEST = [("effective_at", SortDirection.DESCENDING), ("_id", SortDirection.DESCENDING)]
_BY_TITLE = [("title", SortDirection.ASCENDING), ("_id", SortDirection.ASCENDING)]
_BY_ID = [("_id", SortDirection.ASCENDING)]


@dataclass(frozen=True, slots=True)
class Match:
    """A resource, the conditions it is offered for, newest first, and when it was read."""

    resource: EducationResource
    reasons: list[Condition]
    read_at: datetime | None = None


class EducationByPatient(Loader[str, list[Match]]):
    """``load(patient id)``: published resources that share a code with an active condition, newest reason first.

    Of an article in several languages one: in the patient's own, else in the same without a region, else in English. Only
    conditions that the caller sees count.
    """

    def __init__(self, access: Access) -> None:
        super().__init__()
        self._access = access

    async def batch_load_fn(self, keys: list[str]) -> list[list[Match]]:
        theirs = {"patient_id": {"$in": keys}}
        conditions: dict[str, list[Condition]] = defaultdict(list)
        for condition in await find_visible(Condition, self._access, {**theirs, "clinical_status": {"$in": _ACTIVE}}, _NEWEST):
            conditions[condition.patient_id].append(condition)
        codes = {coding.code for found in conditions.values() for condition in found for coding in condition.code.codings}
        if not codes:
            return [[] for _ in keys]
        instant = self._access.instant
        published = {"topics.codings.code": {"$in": sorted(codes)}, "published_at": {"$lte": instant}, "retired_at": None}
        resources = await find_visible(EducationResource, self._access, published, _BY_TITLE)
        patients = await find_visible(Patient, self._access, {"_id": {"$in": keys}}, _BY_ID)
        spoken = {patient.id: patient.preferred_language for patient in patients}
        readings = await find_visible(EducationReading, self._access, theirs, _BY_ID)
        read = {(reading.patient_id, reading.resource_id): reading.read_at for reading in readings}
        return [
            [
                Match(match.resource, match.reasons, read.get((key, match.resource.id)))
                for match in _matches(conditions[key], in_language(resources, spoken.get(key)))
            ]
            for key in keys
        ]


def in_language(resources: Iterable[EducationResource], preferred: str | None) -> list[EducationResource]:
    """One resource for each key, in the best language there is."""
    best: dict[str, EducationResource] = {}
    for resource in resources:
        there = best.get(resource.key)
        if there is None or _distance(resource.language, preferred) < _distance(there.language, preferred):
            best[resource.key] = resource
    return list(best.values())


def _distance(language: str, preferred: str | None) -> int:
    wanted, found = (preferred or USUAL_LANGUAGE).lower(), language.lower()
    if found == wanted:
        return 0
    if found.partition("-")[0] == wanted.partition("-")[0]:
        return 1 if "-" not in found else 2
    return 3 if found.partition("-")[0] == USUAL_LANGUAGE else 4


def _matches(conditions: list[Condition], resources: list[EducationResource]) -> list[Match]:
    found: dict[str, Match] = {}
    for condition in conditions:
        codes = {(coding.system, coding.code) for coding in condition.code.codings}
        for resource in resources:
            if any((coding.system, coding.code) in codes for topic in resource.topics for coding in topic.codings):
                found.setdefault(resource.id, Match(resource, [])).reasons.append(condition)
    return list(found.values())
