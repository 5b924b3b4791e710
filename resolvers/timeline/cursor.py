"""A place on a timeline: after which instant, kind and id to go on. Good for both directions."""

import base64
import binascii
import json
from datetime import datetime
from typing import NamedTuple

from resolvers.errors import BadInput
from resolvers.pagination import PageRequest
from resolvers.queries import Filter
from resolvers.timeline.entries import RANKS, Entry, Source, TimelineKind


class Place(NamedTuple):
    at: datetime
    rank: int
    document_id: str


def encode_place(entry: Entry) -> str:
    """Opaque to callers."""
    text = json.dumps(["timeline", entry.at.isoformat(), entry.kind.value, entry.document.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(request: PageRequest) -> Place | None:
    """Raises BadInput for anything else than a cursor of a timeline."""
    cursor, argument = request.cursor, "before" if request.backward else "after"
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        name, at, kind, document_id = json.loads(text)
        instant, rank = datetime.fromisoformat(at), RANKS[TimelineKind(kind)]
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadInput(f"{argument} is not a cursor of this connection.", [argument]) from error
    if name != "timeline" or instant.tzinfo is None or not isinstance(document_id, str):
        raise BadInput(f"{argument} is not a cursor of this connection.", [argument])
    return Place(instant, rank, document_id)


def beyond(source: Source, place: Place | None, *, descending: bool) -> Filter:
    """The rows of a source strictly after a place, in the direction of walking."""
    if place is None:
        return {}
    further = "$lt" if descending else "$gt"
    rank = RANKS[source.kind]
    if rank != place.rank:
        same_instant_too = (rank < place.rank) is descending
        return {source.field: {f"{further}e" if same_instant_too else further: place.at}}
    tie: Filter = {source.field: place.at, "_id": {further: place.document_id}}
    # The bound by itself is for the index.
    return {source.field: {f"{further}e": place.at}, "$or": [tie, {source.field: {further: place.at}}]}
