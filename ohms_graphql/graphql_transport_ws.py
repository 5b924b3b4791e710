"""graphql-transport-ws with a context for each operation.

Strawberry makes one context for a connection. Ours holds roles and loaded rows, which must not outlive an operation: a connection
keeps only the token and the address, and each operation signs in anew.
"""

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLError
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation

from ohms_graphql.authentication_error import InvalidToken

if TYPE_CHECKING:
    from ohms_graphql.graphql_endpoint import GraphQLEndpoint


def bearer_token(header: str | None) -> str | None:
    """The token of an ``Authorization: Bearer`` header; None without a header. Raises InvalidToken for another scheme."""
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken
    return token.strip()


@dataclass
class Connection:
    """What lasts as long as a socket. ``connection_params`` is the payload of connection_init."""

    client_address: str
    connection_params: dict[str, Any] = field(default_factory=dict)

    def token(self) -> str | None:
        """Raises InvalidToken for anything but text with a bearer token."""
        for name, value in self.connection_params.items():
            if name.lower() == "authorization" and value is not None:
                if not isinstance(value, str):
                    raise InvalidToken
                return bearer_token(value)
        return None


class TransportWSHandler(BaseGraphQLTransportWSHandler[Any, None]):
    """Runs each operation with a context of its own."""

    async def run_operation(self, operation: Operation[Any, None]) -> None:
        endpoint = cast("GraphQLEndpoint", self.view)
        try:
            context = await endpoint.open_context(self.context.token(), self.context.client_address)
        except InvalidToken as error:
            refusal = GraphQLError(error.message, extensions={"code": "UNAUTHENTICATED"})
            await operation.send_initial_errors([refusal])
            return
        scoped = copy.copy(self)  # shares the socket and the table of operations
        scoped.context = context
        await super(TransportWSHandler, scoped).run_operation(operation)
