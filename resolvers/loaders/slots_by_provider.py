"""Free slots of one visit type, by provider."""

from collections import defaultdict

from resolvers.access import Access
from resolvers.loaders.base import Loader
from resolvers.scheduling.span import Span
from resolvers.slot_search.free_starts import FreeStart, free_starts
from resolvers.slot_search.offers import SlotCriteria, find_offers

MOST = 1000
"""Of one provider."""


class SlotsByProvider(Loader[str, list[FreeStart]]):
    """``load(provider id)``: the first free starts within a span, in order. Three commands for any number of providers."""

    def __init__(self, access: Access, visit_type_id: str, within: Span) -> None:
        super().__init__()
        self._access = access
        self._visit_type_id = visit_type_id
        self._within = within

    async def batch_load_fn(self, keys: list[str]) -> list[list[FreeStart]]:
        offers = await find_offers(self._access, SlotCriteria(visit_type=self._visit_type_id, provider_ids=keys))
        found: dict[str, list[FreeStart]] = defaultdict(list)
        for free in await free_starts(self._access, offers, self._within):
            found[free.offer.provider_id].append(free)
        return [found[key][:MOST] for key in keys]
