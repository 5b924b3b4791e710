"""Pages over the education matched to a patient: a short list, made by a loader, paged in memory."""

from resolvers.context import RequestContext
from resolvers.errors import BadInput
from resolvers.loaders.education_by_patient import Match
from resolvers.pagination import Order, PageRequest, decode_cursor, encode_cursor

# The order is the loader's own, "newest reasons first"; the cursor names the resource.
MATCH_ORDER = Order("newest_reason")


class MatchPage:
    """A slice of the matches, in the shape of resolvers.pagination.Page."""

    def __init__(self, matches: list[Match], start: int, end: int) -> None:
        self._total = len(matches)
        self.matches = matches[start:end]
        self.documents = [match.resource for match in self.matches]
        self.has_previous = start > 0
        self.has_next = end < len(matches)

    def cursor(self, document: object) -> str:
        return encode_cursor(MATCH_ORDER, None, getattr(document, "id", ""))

    async def count(self) -> int:
        return self._total


async def matches_page(context: RequestContext, patient_id: str, request: PageRequest, unread: bool | None = None) -> MatchPage:
    """``unread`` leaves out those that were read, or that were not. Raises BadInput for a cursor that is not of this list."""
    matches = await context.loaders.education.load(patient_id)
    if unread is not None:
        matches = [match for match in matches if (match.read_at is None) is unread]
    argument = "before" if request.backward else "after"
    at: int | None = None
    if request.cursor is not None:
        _, resource_id = decode_cursor(MATCH_ORDER, request.cursor, argument)
        at = next((index for index, match in enumerate(matches) if match.resource.id == resource_id), None)
        if at is None:
            raise BadInput(f"{argument} names a resource that is no longer in this list.", [argument])
    if request.backward:
        end = len(matches) if at is None else at
        return MatchPage(matches, max(0, end - request.size), end)
    start = 0 if at is None else at + 1
    return MatchPage(matches, start, min(len(matches), start + request.size))
