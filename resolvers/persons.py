"""What only a person answers for."""

from resolvers.context import RequestContext
from resolvers.errors import Forbidden


def must_be_a_person(context: RequestContext) -> None:
    """Raises Forbidden for a service: machines do what their roles may, except sign records and break the glass."""
    if context.principal.service:
        raise Forbidden("A person must do this: service tokens may not.")
