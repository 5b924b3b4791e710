"""Which media type an answer has (GraphQL over HTTP, section "Media types")."""

from dataclasses import dataclass
from functools import lru_cache

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
EVENT_STREAM = "text/event-stream"

Ranges = list[tuple[str, float]]
_LONGEST_KEPT = 200


def ranges_of(accept: str) -> Ranges:
    """The media ranges of an Accept header with their weights; a weight that cannot be read counts as 1."""
    found: Ranges = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            found.append((name.lower(), _weight(parameters)))
    return found


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 1.0
    return 1.0


def weight_of(media_type: str, ranges: Ranges) -> float:
    """How much a caller wants a media type: the most specific range decides (RFC 9110, 12.5.1)."""
    kind = media_type.split("/", maxsplit=1)[0]
    weights = dict(reversed(ranges))
    for pattern in (media_type, f"{kind}/*", "*/*"):
        if pattern in weights:
            return weights[pattern]
    return 0.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an Accept header comes to. ``answer`` is None when neither type of answers will do."""

    page: bool
    events: bool
    answer: str | None


def wanted(accept: str | None) -> Wanted:
    """Programs send the same header again and again: usual ones are remembered."""
    return _read(accept) if accept is None or len(accept) <= _LONGEST_KEPT else _read.__wrapped__(accept)


@lru_cache(maxsize=256)
def _read(accept: str | None) -> Wanted:
    return Wanted(wants_page(accept), wants_events(accept), answer_type(accept))


def answer_type(accept: str | None) -> str | None:
    """The media type to answer in; None when the caller accepts neither.

    The newer type must be named: a caller that takes anything may be one that knows the old one only.
    """
    if not accept:
        return JSON
    ranges = ranges_of(accept)
    named = weight_of(GRAPHQL_RESPONSE, [pair for pair in ranges if pair[0] == GRAPHQL_RESPONSE])
    plain = weight_of(JSON, ranges)
    if named > 0 and named >= plain:
        return GRAPHQL_RESPONSE
    if plain > 0:
        return JSON
    return GRAPHQL_RESPONSE if weight_of(GRAPHQL_RESPONSE, ranges) > 0 else None


def wants_page(accept: str | None) -> bool:
    """Whether a browser asks for something to look at."""
    return weight_of(HTML, [pair for pair in ranges_of(accept or "") if pair[0] == HTML]) > 0


def wants_events(accept: str | None) -> bool:
    """Whether the answer shall be a stream of events: the type must be named, and no other be liked better."""
    ranges = ranges_of(accept or "")
    named = weight_of(EVENT_STREAM, [pair for pair in ranges if pair[0] == EVENT_STREAM])
    return named > 0 and named >= max(weight_of(JSON, ranges), weight_of(GRAPHQL_RESPONSE, ranges))
