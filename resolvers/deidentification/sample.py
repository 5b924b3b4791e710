"""How analysts page: in an order that tells nothing, with sealed cursors, and without small counts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from models.sampled import SampledDocument
from resolvers.errors import BadInput, ExpectedError
from resolvers.pagination import Count, Order, Page, PageRequest, encode_cursor
from resolvers.ports import Pseudonyms

S = TypeVar("S", bound=SampledDocument)

THRESHOLD = 11
"""Counts below are not told: 1 to 10 are suppressed (CMS Cell Size Suppression Policy)."""

SAMPLE_ORDER = Order("sample_key")


@dataclass(frozen=True, slots=True)
class Sample:
    """Of one document class, whose pseudonyms are made under ``kind``."""

    kind: str
    pseudonyms: Pseudonyms

    def opened(self, request: PageRequest) -> PageRequest:
        """With the cursor as it was before it was sealed. Raises BadInput for one that was not made here for this list."""
        if request.cursor is None:
            return request
        cursor = self.pseudonyms.reveal(self._cursors, request.cursor)
        if cursor is None:
            argument = "before" if request.backward else "after"
            raise BadInput(f"{argument} is not a cursor of this connection.", [argument])
        return replace(request, cursor=cursor)

    def page(self, page: Page[S]) -> Page[S]:
        """A page of copies, with sealed cursors and a count that is told only when it is large."""
        return replace(page, count=_only_large(page.count), mark=self._sealing(page))

    def _sealing(self, page: Page[S]) -> Callable[[S], str]:
        def seal(document: S) -> str:
            stored_id = self.pseudonyms.reveal(self.kind, document.id) or ""
            return self.pseudonyms.hide(self._cursors, encode_cursor(page.order, document.sample_key, stored_id))

        return seal

    @property
    def _cursors(self) -> str:
        return f"{self.kind} cursor"


def _only_large(count: Count) -> Count:
    async def told() -> int:
        number = await count()
        if number < THRESHOLD:
            raise ExpectedError(f"Analysts are told no count under {THRESHOLD}.", "SUPPRESSED")
        return number

    return told
