"""The port to whatever carries sound and picture."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from models.visit_entry import VisitRole


class RoomService(StrEnum):
    LIVEKIT = "LIVEKIT"
    PEER_TO_PEER = "PEER_TO_PEER"


@dataclass(frozen=True, slots=True)
class Room:
    """Where a visit is held, for one participant. Peer to peer there is no service: no address and no token."""

    service: RoomService
    url: str | None = None
    token: str | None = None
    expires_at: datetime | None = None


class VideoRooms(Protocol):
    def enter(self, name: str, identity: str, role: VisitRole, now: datetime, good_for: timedelta) -> Room:
        """A pass into the room ``name`` for ``identity``: both pseudonyms, which say nothing of a person."""
        ...
