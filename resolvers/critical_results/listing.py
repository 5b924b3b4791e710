"""The list of critical values that wait for a provider."""

from models.record import Observation, RecordStatus
from resolvers.context import RequestContext
from resolvers.pagination import Order, Page, PageRequest
from resolvers.policy import NOTHING
from resolvers.queries import Filter, find_page
from resolvers.records import RecordCriteria
from resolvers.rows import both

OLDEST_FIRST = Order("recorded_at")

_GONE = sorted([RecordStatus.ENTERED_IN_ERROR.value, RecordStatus.CANCELLED.value])


OPEN: Filter = {"critical": True, "acknowledgement": None, "status": {"$nin": _GONE}}
"""Nobody acknowledged it: preliminary ones too, what was entered in error not."""


def ordered_by(provider_id: str | None) -> Filter:
    """The open ones that a provider ordered: who wrote the observation down ordered it."""
    return NOTHING if provider_id is None else {"author_id": provider_id, **OPEN}


async def find_critical(
    context: RequestContext, criteria: RecordCriteria, order: Order, request: PageRequest
) -> Page[Observation]:
    """The caller's own, of patients under their care."""
    within = both(ordered_by(context.principal.provider_id), criteria.filter())
    return await find_page(Observation, context.access, within, order, request)
