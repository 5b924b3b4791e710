"""graphql-transport-ws with a context for each operation.

Strawberry makes one context for a connection. Ours holds roles and loaded rows, which must not outlive an operation: a connection
keeps only the token and the address, and each operation signs in anew. What is wrong with one operation is told to that one;
only what breaks the protocol itself closes the socket, with the others on it.
"""

import asyncio
import copy
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLError
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage, SubscribeMessage

from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.background import running
from ohms_graphql.bearer_token import bearer_token
from ohms_graphql.cancellation import being_cancelled
from ohms_graphql.entitlement import NotLookedUp, Refused, entitlement_ended
from ohms_graphql.error_policy import masked
from ohms_graphql.graphql_request import UnreadableRequest, checked_request
from ohms_graphql.transport_ws_message import UnreadableMessage, checked_message
from resolvers.context import RequestContext
from schema.limits import limit_exceeded

if TYPE_CHECKING:
    from ohms_graphql.graphql_endpoint import GraphQLEndpoint

_log = logging.getLogger(__name__)

_FORBIDDEN = 4403
_TRY_AGAIN_LATER = 1013
_LONGEST_CLOSE_REASON = 123
"""Bytes: RFC 6455, 5.5, less the two of the code."""


@dataclass
class Connection:
    """What lasts as long as a socket. ``connection_params`` is the payload of connection_init."""

    client_address: str
    connection_params: dict[str, Any] = field(default_factory=dict, repr=False)

    def token(self) -> str | None:
        """Raises InvalidToken for anything but text with a bearer token."""
        for name, value in self.connection_params.items():
            if name.lower() == "authorization" and value is not None:
                if not isinstance(value, str):
                    raise InvalidToken
                return bearer_token(value)
        return None


class Socket(ASGIWebSocketAdapter):
    async def close(self, code: int, reason: str) -> None:
        """Cuts the reason to what a close frame holds: it may quote the caller, at any length."""
        await super().close(code, reason.encode()[:_LONGEST_CLOSE_REASON].decode(errors="ignore"))


class TransportWSHandler(BaseGraphQLTransportWSHandler[Any, None]):
    """Runs each operation with a context of its own."""

    async def handle_message(self, message: Any) -> None:
        try:
            checked = checked_message(message)
        except UnreadableMessage as unreadable:
            await self.handle_invalid_message(str(unreadable))
        else:
            await super().handle_message(checked)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        try:
            await super().handle_connection_init(message)
        except WebSocketDisconnected:
            raise
        except Exception:  # noqa: BLE001  # the database is away, say: clients know this code and come again
            _log.exception("unexpected error while a websocket signed in")
            await self.websocket.close(_TRY_AGAIN_LATER, "Try again later")

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        if not self.connection_acknowledged or message["id"] in self.operations:
            await super().handle_subscribe(message)  # closes the socket
            return
        refusal = self._refusal(message)
        if refusal is None:
            await super().handle_subscribe(message)
        else:
            await self.send_message({"id": message["id"], "type": "error", "payload": [refusal.formatted]})

    def _refusal(self, message: SubscribeMessage) -> GraphQLError | None:
        """Why an operation is not begun. Brings the payload into the shape that Strawberry reads."""
        most = self.max_subscriptions_per_connection
        if most is not None and len(self.operations) >= most:
            return limit_exceeded("operationsAtOnce", most, most + 1, "operations at once on one connection")
        try:
            asked = checked_request(message["payload"])
            documents = cast("GraphQLEndpoint", self.view).documents
            text = documents.text(asked)
            documents.ran(asked)  # if it ran before: this time nobody tells us when it is admitted
        except UnreadableRequest as unreadable:
            return GraphQLError(unreadable.message, extensions={"code": unreadable.code})
        message["payload"] = {"query": text, "variables": asked.variables, "operationName": asked.operation_name}
        return None

    async def run_operation(self, operation: Operation[Any, None]) -> None:
        try:
            context = await self._open_context()
        except InvalidToken as invalid:
            await operation.send_initial_errors([GraphQLError(invalid.message, extensions={"code": "UNAUTHENTICATED"})])
            return
        except Exception as error:  # noqa: BLE001  # whatever it was, the caller gets an answer and the log the rest
            await operation.send_initial_errors([masked(error)])
            return
        scoped = copy.copy(self)  # shares the socket and the table of operations
        scoped.context = context
        try:
            async with running(self._while_entitled(operation, context)):
                with suppress(WebSocketDisconnected):  # nobody is there to be told
                    await super(TransportWSHandler, scoped).run_operation(operation)
        except asyncio.CancelledError as stray:
            if being_cancelled():
                raise
            await operation.send_initial_errors([masked(stray)])

    async def handle_task_exception(self, error: Exception) -> None:
        if not isinstance(error, WebSocketDisconnected):  # a client that vanished is nobody's fault
            await super().handle_task_exception(error)

    async def _while_entitled(self, operation: Operation[Any, None], context: RequestContext) -> None:
        """Ends the operation as soon as its caller would be refused it, and the socket when its token is not good any more."""
        callers = cast("GraphQLEndpoint", self.view).callers
        connection: Connection = self.context
        match await entitlement_ended(context, callers, connection.token()):
            case Refused(errors) if operation.task is not None:
                await operation.send_initial_errors(list(errors))
                operation.task.cancel()
            case InvalidToken():
                await self.websocket.close(_FORBIDDEN, "Forbidden")
            case NotLookedUp():
                await self.websocket.close(_TRY_AGAIN_LATER, "Try again later")

    async def _open_context(self) -> RequestContext:
        connection: Connection = self.context
        return await cast("GraphQLEndpoint", self.view).open_context(connection.token(), connection.client_address)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:  # noqa: ARG004
        """A document with a fault does not close the socket: it gets an ``error`` message like any other refusal."""
        return None
