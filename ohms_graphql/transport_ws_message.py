"""The shape of a client's messages in graphql-transport-ws (PROTOCOL.md of npm graphql-ws)."""

from typing import Any, cast

from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message

_WITHOUT_ID = frozenset({"connection_init", "ping", "pong"})
_WITH_ID = frozenset({"subscribe", "complete"})


class UnreadableMessage(Exception):
    """Breaks the protocol: the socket is closed with 4400 and this text."""


def checked_message(message: Any) -> Message:
    """What is in a ``subscribe`` beside its id is not looked at: that is the operation's affair. Raises UnreadableMessage."""
    if not isinstance(message, dict):
        raise UnreadableMessage("A message must be a JSON object")
    kind = message.get("type")
    if not isinstance(kind, str) or kind not in _WITHOUT_ID | _WITH_ID:
        raise UnreadableMessage(f"Unknown message type: {kind}")
    if kind in _WITH_ID:
        if not isinstance(message.get("id"), str) or not message["id"]:
            raise UnreadableMessage(f"{kind} must have an id, which must be text")
        return cast("Message", message)
    payload = message.get("payload")
    if not isinstance(payload, dict | None):
        raise UnreadableMessage(f"The payload of {kind} must be an object or null")
    return cast("Message", {**message, "payload": payload or {}})
