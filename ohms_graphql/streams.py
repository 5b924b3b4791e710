"""What carries changes from the database to every process."""

from dataclasses import dataclass

from ohms_graphql.event_stream import ScheduleStream
from ohms_graphql.release_stream import ReleaseStream
from ohms_graphql.video.signal_stream import SignalStream


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """Of schedules, of video visits, and of records that are released."""

    events: ScheduleStream
    visits: SignalStream
    releases: ReleaseStream
