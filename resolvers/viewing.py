"""Who the caller is, for as long as they look."""

from collections.abc import AsyncIterator

from resolvers.context import RequestContext
from resolvers.principal import Principal


async def principals(context: RequestContext) -> AsyncIterator[Principal]:
    """The caller now, and after every change of what they may do. The context is made anew before each."""
    yield context.principal
    while True:
        principal = await context.successors.get()
        if principal != context.principal:
            context.renew(principal)
            yield principal


def make_anew(context: RequestContext) -> None:
    """Before an event of a subscription: forgets what was loaded for the last one, and who the caller was."""
    principal = context.principal
    while not context.successors.empty():
        principal = context.successors.get_nowait()
    context.renew(principal)
