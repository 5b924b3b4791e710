"""Rooms of a LiveKit server: a token lets one participant into one room, and OHMS itself never calls the server."""

from datetime import datetime, timedelta

from models.visit_entry import VisitRole
from resolvers.video.rooms import Room, RoomService


class LiveKitRooms:
    """Implements resolvers.video.rooms.VideoRooms. Imports LiveKit's library when made: it brings an HTTP client along."""

    def __init__(self, url: str, api_key: str, api_secret: str) -> None:
        from livekit import api  # noqa: PLC0415 -- 20 MB that a process without LiveKit does not need

        self._api = api
        self._url = url
        self._api_key = api_key
        self._api_secret = api_secret

    def enter(self, name: str, identity: str, role: VisitRole, now: datetime, good_for: timedelta) -> Room:
        """The token names the room, who comes, and in which part: no name, no e-mail address, nothing of the visit."""
        grants = self._api.VideoGrants(room_join=True, room=name, can_publish=True, can_subscribe=True)
        token = (
            self._api.AccessToken(self._api_key, self._api_secret)
            .with_identity(identity)
            .with_name(role.value.title())
            .with_attributes({"role": role.value})
            .with_grants(grants)
            .with_ttl(good_for)
        )
        return Room(RoomService.LIVEKIT, self._url, token.to_jwt(), now + good_for)
