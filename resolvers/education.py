"""Finding health education."""

from dataclasses import dataclass
from datetime import datetime

from models.education import EducationResource, EducationStatus, search_language
from models.patient import Patient
from resolvers.context import RequestContext
from resolvers.education_relevance import relevant_page
from resolvers.errors import BadInput
from resolvers.loaders.education_by_patient import USUAL_LANGUAGE
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, find_page, find_whole
from resolvers.rows import both

MOST_SEARCHED = 200
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EducationCriteria:
    """``topic`` is a code (SNOMED CT or ICD-10-CM)."""

    search: str | None = None
    language: str | None = None
    topic: str | None = None
    status: EducationStatus | None = None

    def filter(self, instant: datetime, spoken: str) -> Filter:
        """``spoken`` is the language of the words. Raises BadInput for a search without words, or an overlong one."""
        within: Filter = {}
        if self.search is not None:
            within["$text"] = {"$search": searched(self.search), "$language": search_language(spoken)}
        if self.language is not None:
            within["language"] = self.language
        if self.topic is not None:
            within["topics.codings.code"] = self.topic
        return both(within, _standing(self.status, instant))


def searched(text: str) -> str:
    """Words alone: to MongoDB a hyphen in front means "without", and quotes mean "in this order"."""
    if len(text) > MOST_SEARCHED:
        raise BadInput(f"where.search has {len(text)} characters; at most {MOST_SEARCHED} fit.", ["where", "search"])
    words = "".join(letter if letter.isalnum() or letter in "'’" else " " for letter in text).split()  # noqa: RUF001
    if not words:
        raise BadInput("where.search has no word in it.", ["where", "search"])
    return " ".join(words)


def _standing(status: EducationStatus | None, instant: datetime) -> Filter:
    match status:
        case EducationStatus.DRAFT:
            return {"published_at": None, "retired_at": None}
        case EducationStatus.PUBLISHED:
            return {"published_at": {"$lte": instant}, "retired_at": None}
        case EducationStatus.RETIRED:
            return {"retired_at": {"$ne": None}}
    return {}


async def _spoken(context: RequestContext, criteria: EducationCriteria) -> str:
    """Words are brought to their stems in one language: that asked for, else the patient's own, else English."""
    if criteria.language is not None or criteria.search is None:
        return criteria.language or USUAL_LANGUAGE
    own = context.access.own
    patient = await find_whole(Patient, context.access, own[0]) if own else None
    return (patient.preferred_language if patient else None) or USUAL_LANGUAGE


async def find_education(
    context: RequestContext, criteria: EducationCriteria, order: Order | None, request: PageRequest, usual: Order
) -> Page[EducationResource]:
    """In the ``order`` asked for; when none is, what is searched for comes by relevance, anything else in the ``usual`` one."""
    within = criteria.filter(context.access.instant, await _spoken(context, criteria))
    if criteria.search is not None and order is None:
        return await relevant_page(context.access, within, request)
    return await find_page(EducationResource, context.access, within, order or usual, request)
