"""Which service carries video visits: LiveKit where it is set up, and otherwise the two sides connect with each other."""

from datetime import datetime, timedelta

from models.visit_entry import VisitRole
from ohms_graphql.settings import Settings
from ohms_graphql.video.livekit_rooms import LiveKitRooms
from resolvers.video.rooms import Room, RoomService, VideoRooms


class PeerRooms:
    """No service: those in a visit find each other by ``sendSignal`` and ``signals``, where having joined is the right."""

    def enter(self, name: str, identity: str, role: VisitRole, now: datetime, good_for: timedelta) -> Room:  # noqa: ARG002
        return Room(RoomService.PEER_TO_PEER)


def rooms_of(settings: Settings) -> VideoRooms:
    if settings.livekit_url is None or settings.livekit_api_key is None or settings.livekit_api_secret is None:
        return PeerRooms()
    secret = settings.livekit_api_secret.get_secret_value()
    return LiveKitRooms(settings.livekit_url, settings.livekit_api_key, secret)
