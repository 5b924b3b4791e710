"""Finding patients."""

from dataclasses import dataclass
from datetime import date

from models.patient import BirthDate, Patient, PatientName
from models.search_words import sort_name
from resolvers.context import RequestContext
from resolvers.mrn import with_mrn
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, find_page
from resolvers.sealed_order import SealedOrder
from resolvers.search import tokens_filter


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCriteria:
    search: str | None = None
    birth_date: date | None = None
    mrn: str | None = None
    care_team: str | None = None

    def filter(self) -> Filter:
        within: Filter = {}
        if self.search is not None:
            within.update(tokens_filter(self.search, ["where", "search"]))
        if self.birth_date is not None:
            within["birth_date"] = BirthDate.lookup(self.birth_date)
        if self.mrn is not None:
            within.update(with_mrn(self.mrn))
        if self.care_team is not None:
            within["care_team.provider_id"] = self.care_team
        return within


def by_name(descending: bool) -> SealedOrder:
    return SealedOrder("name", descending, key=lambda sealed: sort_name(PatientName.opened(sealed)))


def by_birth_date(descending: bool) -> SealedOrder:
    """Those without one first."""
    return SealedOrder("birth_date", descending, key=lambda sealed: BirthDate.opened(sealed).isoformat() if sealed else "")


async def find_patients(context: RequestContext, criteria: PatientCriteria, order: Order, request: PageRequest) -> Page[Patient]:
    return await find_page(Patient, context.access, criteria.filter(), order, request)
