"""Passes into a LiveKit server's rooms, read as that server reads them."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from livekit.api import TokenVerifier

from models.visit_entry import VisitRole
from ohms_graphql.settings import load_settings
from ohms_graphql.video.rooms import PeerRooms, rooms_of
from resolvers.video.rooms import Room, RoomService

SECRET = "a secret of the tests, 32 bytes or more"
SETTINGS = {
    "OHMS_LIVEKIT_URL": "wss://video.example/",
    "OHMS_LIVEKIT_API_KEY": "key",
    "OHMS_LIVEKIT_API_SECRET": SECRET,
}


def _pass(role: VisitRole = VisitRole.PATIENT, good_for: timedelta = timedelta(minutes=10)) -> Room:
    return rooms_of(load_settings(SETTINGS)).enter("ROOM", "SOMEBODY", role, datetime.now(UTC), good_for)


def test_the_server_takes_the_token() -> None:
    room = _pass()
    assert (room.service, room.url) == (RoomService.LIVEKIT, "wss://video.example")
    claims = TokenVerifier("key", SECRET).verify(room.token or "")
    assert (claims.identity, claims.name, claims.attributes) == ("SOMEBODY", "Patient", {"role": "PATIENT"})
    assert claims.video is not None
    assert (claims.video.room, claims.video.room_join) == ("ROOM", True)
    rights = (claims.video.room_admin, claims.video.room_create, claims.video.room_list, claims.video.room_record)
    assert not any(rights)


def test_another_secret_makes_no_token_of_ours() -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        TokenVerifier("key", "x" + SECRET).verify(_pass().token or "")


def test_the_token_is_good_for_as_long_as_it_says() -> None:
    room = _pass(good_for=timedelta(minutes=10))
    claims = jwt.decode(room.token or "", SECRET, algorithms=["HS256"])
    assert room.expires_at is not None
    assert abs(claims["exp"] - room.expires_at.timestamp()) <= 2
    with pytest.raises(jwt.ExpiredSignatureError):
        TokenVerifier("key", SECRET).verify(_pass(good_for=timedelta(minutes=-2)).token or "")


def test_without_a_server_the_sides_connect_with_each_other() -> None:
    rooms = rooms_of(load_settings({}))
    assert isinstance(rooms, PeerRooms)
    room = rooms.enter("ROOM", "SOMEBODY", VisitRole.PROVIDER, datetime.now(UTC), timedelta(minutes=10))
    assert room == Room(RoomService.PEER_TO_PEER)


def test_heavy_libraries_are_loaded_only_where_they_are_needed() -> None:
    heavy = ["aiohttp", "fpdf", "livekit", "stripe", "tenacity"]
    code = f"import sys, ohms_graphql.app; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
