"""What one operation carries with it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from resolvers.access import Access
from resolvers.audit.asked import UNKNOWN, Asked
from resolvers.loaders import Loaders
from resolvers.majority import USUAL_MAJORITY, Majority
from resolvers.ports import Ports
from resolvers.principal import Principal
from resolvers.trail import Trail


def _uncounted() -> int:
    return 0


def _unchecked(_principal: Principal) -> Sequence[Exception]:
    return ()


@dataclass(kw_only=True, slots=True)
class RequestContext:
    """Made anew for every operation, on a websocket too, so that neither roles nor loaded rows outlive it.

    ``estimated_cost`` is set by the limits before execution; ``command_count`` tells the database commands so far.

    ``asked`` and ``request_id`` are for the audit trail: what the operation is, set before execution, and who brought it.

    For what stays open (subscriptions): ``recheck`` tells why the operation, as it was admitted, would be refused to another
    principal; ``successors`` holds who the caller has become since, after that check.
    """

    principal: Principal
    access: Access
    loaders: Loaders
    ports: Ports
    client_address: str
    max_page_size: int
    cost_limit: int | None = None
    estimated_cost: int | None = None
    command_count: Callable[[], int] = _uncounted
    recheck: Callable[[Principal], Sequence[Exception]] = _unchecked
    request_id: str | None = None
    asked: Asked = UNKNOWN
    _successors: asyncio.Queue[Principal] | None = field(default=None, init=False)

    @property
    def successors(self) -> asyncio.Queue[Principal]:
        """Made when first asked for: most operations do not stay open."""
        if self._successors is None:
            self._successors = asyncio.Queue()
        return self._successors

    def renew(self, principal: Principal) -> None:
        """Before each event of a subscription: what was loaded for the last one is forgotten, who the caller is now counts."""
        self.principal = principal
        self.access = Access(principal, self.ports.clock(), self.access.majority, self.ports.pseudonyms, self.ports.directory)
        self.loaders = Loaders(self.access, self.loaders.currency)

    @property
    def trail(self) -> Trail:
        return self.access.trail


def open_context(
    principal: Principal,
    ports: Ports,
    *,
    client_address: str = "",
    max_page_size: int = 200,
    currency: str = "USD",
    cost_limit: int | None = None,
    command_count: Callable[[], int] = _uncounted,
    majority: Majority = USUAL_MAJORITY,
) -> RequestContext:
    """The context of one operation of a caller."""
    access = Access(principal, ports.clock(), majority, ports.pseudonyms, ports.directory)
    return RequestContext(
        principal=principal,
        access=access,
        loaders=Loaders(access, currency),
        ports=ports,
        client_address=client_address,
        max_page_size=max_page_size,
        cost_limit=cost_limit,
        command_count=command_count,
    )
