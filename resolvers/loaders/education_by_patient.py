"""Education matched to a patient's own active conditions."""

from collections import defaultdict
from dataclasses import dataclass

from beanie import SortDirection

from models.education import EducationResource
from models.record import Condition, ConditionStatus
from resolvers.access import Access
from resolvers.loaders.base import Loader
from resolvers.queries import find_visible

_ACTIVE = [status.value for status in (ConditionStatus.ACTIVE, ConditionStatus.RECURRENCE, ConditionStatus.RELAPSE)]


@dataclass(frozen=True, slots=True)
class Match:
    """A resource and the conditions it is offered for, newest first."""

    resource: EducationResource
    reasons: list[Condition]


class EducationByPatient(Loader[str, list[Match]]):
    """``load(patient id)``: published resources that share a code with an active condition, newest reason first."""

    def __init__(self, access: Access) -> None:
        super().__init__()
        self._access = access

    async def batch_load_fn(self, keys: list[str]) -> list[list[Match]]:
        within = {"patient_id": {"$in": keys}, "clinical_status": {"$in": _ACTIVE}}
        newest = [("effective_at", SortDirection.DESCENDING), ("_id", SortDirection.DESCENDING)]
        conditions: dict[str, list[Condition]] = defaultdict(list)
        for condition in await find_visible(Condition, self._access, within, newest):
            conditions[condition.patient_id].append(condition)
        codes = {coding.code for found in conditions.values() for condition in found for coding in condition.code.codings}
        published = {"topics.codings.code": {"$in": sorted(codes)}, "published_at": {"$lte": self._access.instant}}
        by_title = [("title", SortDirection.ASCENDING), ("_id", SortDirection.ASCENDING)]
        resources = await find_visible(EducationResource, self._access, published, by_title) if codes else []
        return [_matches(conditions[key], resources) for key in keys]


def _matches(conditions: list[Condition], resources: list[EducationResource]) -> list[Match]:
    found: dict[str, Match] = {}
    for condition in conditions:
        codes = {(coding.system, coding.code) for coding in condition.code.codings}
        for resource in resources:
            if any((coding.system, coding.code) in codes for topic in resource.topics for coding in topic.codings):
                found.setdefault(resource.id, Match(resource, [])).reasons.append(condition)
    return list(found.values())
