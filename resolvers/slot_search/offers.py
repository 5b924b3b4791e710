"""Who offers which visit type, with the rules that its slots follow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from beanie import SortDirection
from bson import decode
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from models.provider import Availability, Provider
from models.visit_type import VisitMode, VisitType
from resolvers.access import Access
from resolvers.errors import BadInput
from resolvers.policy import restrict
from resolvers.queries import Filter, find_visible
from resolvers.rows import ONE_BATCH
from resolvers.scheduling.slots import SlotRules
from resolvers.scheduling.timetable import Timetable, timetable_of

MOST_PROVIDERS = 1000
_RULES_KEPT = 20
"""Of a provider."""
_SHOWN = {"time_zone": 1, "visit_type_ids": 1, "availability": 1}
_RAW = CodecOptions(document_class=RawBSONDocument)
_BY_NAME = [("name", SortDirection.ASCENDING), ("_id", SortDirection.ASCENDING)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCriteria:
    """``specialty`` is a code. ``visit_type`` and ``provider_ids`` narrow to these; None to nothing."""

    specialty: str | None = None
    language: str | None = None
    accepting_new_patients: bool | None = None
    mode: VisitMode | None = None
    visit_type: str | None = None
    provider_ids: Sequence[str] | None = None

    def provider_filter(self, offering: list[str]) -> Filter:
        within: Filter = {"visit_type_ids": {"$in": offering}, "active": {"$ne": False}}
        if self.specialty is not None:
            within["specialties.codings.code"] = self.specialty
        if self.language is not None:
            within["languages"] = self.language
        if self.accepting_new_patients is not None:
            within["accepting_new_patients"] = self.accepting_new_patients
        if self.provider_ids is not None:
            within["_id"] = {"$in": list(self.provider_ids)}
        return within

    def visit_type_filter(self) -> Filter:
        within: Filter = {"active": {"$ne": False}}
        if self.visit_type is not None:
            within["_id"] = self.visit_type
        if self.mode is not None:
            within["modes"] = self.mode.value
        return within


@dataclass(frozen=True, slots=True, order=True)
class Offer:
    """In the order in which slots of the same start are listed."""

    provider_id: str
    visit_type_id: str
    visit_type: VisitType = field(compare=False)
    rules: SlotRules = field(compare=False)


async def find_offers(access: Access, criteria: SlotCriteria) -> list[Offer]:
    """In order; of active providers and visit types: two commands. Raises BadInput where there are too many providers."""
    visit_types = await find_visible(VisitType, access, criteria.visit_type_filter(), _BY_NAME)
    if not visit_types:
        return []
    within = await restrict(Provider, access, criteria.provider_filter([visit_type.id for visit_type in visit_types]))
    rows: Any = Provider.get_pymongo_collection().with_options(codec_options=_RAW)
    found = await rows.find(within, _SHOWN, batch_size=ONE_BATCH).limit(MOST_PROVIDERS + 1).to_list()
    if len(found) > MOST_PROVIDERS:
        raise BadInput(f"More than {MOST_PROVIDERS} providers offer this: narrow the search.", ["where"])
    versions = [(visit_type, visit_type.model_dump_json()) for visit_type in visit_types]
    offers = []
    for row in found:
        known = _schedule_of(row.raw)
        offers += [
            Offer(known.provider_id, visit_type.id, visit_type, rules)
            for visit_type, version in versions
            if visit_type.id in known.visit_type_ids and (rules := known.rules_for(visit_type, version)) is not None
        ]
    return sorted(offers)


@dataclass(frozen=True, slots=True)
class _Schedule:
    """``timetable`` is None where the provider's zone is none (of imported providers)."""

    provider_id: str
    visit_type_ids: frozenset[str]
    timetable: Timetable | None
    kept: dict[str, SlotRules] = field(default_factory=dict)

    def rules_for(self, visit_type: VisitType, version: str) -> SlotRules | None:
        """``version`` is all that the visit type says: kept rules cannot be out of date either."""
        if self.timetable is None:
            return None
        rules = self.kept.get(version)
        if rules is None:
            if len(self.kept) >= _RULES_KEPT:
                self.kept.clear()
            rules = self.kept[version] = SlotRules(self.timetable, visit_type)
        return rules


@lru_cache(maxsize=2048)
def _schedule_of(raw: bytes) -> _Schedule:
    """Kept by what is stored, byte for byte: it cannot be out of date, and remembers its days' opening hours."""
    row = decode(raw)
    availability = Availability.model_validate(row.get("availability", {}))
    try:
        timetable = timetable_of(row.get("time_zone", "UTC"), availability)
    except ValueError:
        timetable = None
    return _Schedule(row["_id"], frozenset(row.get("visit_type_ids", [])), timetable)
