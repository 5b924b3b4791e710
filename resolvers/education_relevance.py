"""What a search finds, best first: MongoDB's text score, which is no field that a cursor could stand at."""

from models.education import EducationResource
from resolvers.access import Access
from resolvers.errors import BadInput
from resolvers.pagination import Order, Page, PageRequest, decode_cursor, encode_cursor
from resolvers.policy import restrict
from resolvers.queries import Filter

MOST_FOUND = 500
"""A search that finds more wants more words."""

BY_RELEVANCE = Order("relevance", descending=True)


async def relevant_page(access: Access, within: Filter, request: PageRequest) -> Page[EducationResource]:
    """Raises BadInput for a cursor that is not of this search."""
    visible = await restrict(EducationResource, access, within)
    score = {"score": {"$meta": "textScore"}}
    found = EducationResource.get_pymongo_collection().find(visible, {"_id": 1, **score})
    ids = [row["_id"] for row in await found.sort([("score", {"$meta": "textScore"}), ("_id", 1)]).limit(MOST_FOUND).to_list()]
    start, end = _slice(ids, request)
    rows = await EducationResource.find({"_id": {"$in": ids[start:end]}}).to_list() if end > start else []
    by_id = {row.id: row for row in rows}
    documents = access.shown([by_id[each] for each in ids[start:end] if each in by_id])

    async def count() -> int:
        return len(ids)

    return Page(documents, BY_RELEVANCE, end < len(ids), start > 0, count, _cursor)


def _cursor(document: EducationResource) -> str:
    """It names the article: where that stands follows from the search."""
    return encode_cursor(BY_RELEVANCE, None, document.id)


def _slice(ids: list[str], request: PageRequest) -> tuple[int, int]:
    argument = "before" if request.backward else "after"
    at: int | None = None
    if request.cursor is not None:
        _, document_id = decode_cursor(BY_RELEVANCE, request.cursor, argument)
        if document_id not in ids:
            raise BadInput(f"{argument} names an article that this search does not find any more.", [argument])
        at = ids.index(document_id)
    if request.backward:
        end = len(ids) if at is None else at
        return max(0, end - request.size), end
    start = 0 if at is None else at + 1
    return start, min(len(ids), start + request.size)
