"""Half-open bounds on instants."""

from datetime import datetime

from resolvers.errors import BadInput
from resolvers.queries import Filter


def between(field: str, from_: datetime | None, to: datetime | None) -> Filter:
    """``from_ <= field < to``. Raises BadInput when the bounds are the wrong way round."""
    if from_ is not None and to is not None and from_ > to:
        raise BadInput(f"where.from ({from_.isoformat()}) is after where.to ({to.isoformat()}).", ["where", "from"])
    bounds = {operator: value for operator, value in (("$gte", from_), ("$lt", to)) if value is not None}
    return {field: bounds} if bounds else {}
