"""Calendar files, with the library icalendar: what iCalendar (RFC 5545) and iTIP (RFC 5546) ask of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from ohms_graphql.calendar.time_zones import time_zone_of
from resolvers.calendar.entry import CalendarEntry, Standing
from resolvers.calendar.reading import Schedule
from resolvers.scheduling.wall_clock import zone_of

_PRODUCT = "-//OHMS//Calendar files//EN"
_REFRESH = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class CalendarFile:
    method: str
    content: bytes


class CalendarFiles:
    """``public_url`` is all that an event links to; its host makes the ids of events, which never change, unique in the world.

    ``organizer`` is the e-mail address that invitations come from.
    """

    def __init__(self, public_url: str, organizer: str) -> None:
        self._url = public_url
        self._host = urlsplit(public_url).hostname or "localhost"
        self._organizer = organizer

    def of_visit(self, entry: CalendarEntry, attendee: str) -> CalendarFile:
        """An invitation, or its withdrawal, to the address ``attendee``."""
        method = "CANCEL" if entry.standing is Standing.CANCELLED else "REQUEST"
        event = self._event(entry)
        event.add("organizer", vCalAddress(f"mailto:{self._organizer}"))
        guest = vCalAddress(f"mailto:{attendee}")
        guest.params["PARTSTAT"] = "ACCEPTED"  # it was booked: nobody waits for an answer by mail
        guest.params["RSVP"] = "FALSE"
        event.add("attendee", guest)
        return CalendarFile(method, _written(method, [event], _zones([entry])))

    def of_schedule(self, schedule: Schedule) -> CalendarFile:
        calendar = [self._event(entry) for entry in schedule.entries]
        return CalendarFile("PUBLISH", _written("PUBLISH", calendar, _zones(schedule.entries), schedule.name))

    def _event(self, entry: CalendarEntry) -> Event:
        zone = zone_of(entry.time_zone)
        event = Event()
        event.add("uid", f"{entry.appointment_id}@{self._host}")
        event.add("sequence", entry.sequence)
        # The change that the file tells of, not the moment of writing: of two files with one sequence the later is right
        # (RFC 5546, 2.1.5), and what has not changed is written the same, byte for byte.
        event.add("dtstamp", entry.updated_at)
        event.add("created", entry.created_at)
        event.add("last-modified", entry.updated_at)
        event.add("dtstart", _told(entry.start, zone))
        event.add("dtend", _told(entry.end, zone))
        event.add("status", entry.standing.value)
        event.add("summary", entry.summary)
        event.add("class", "CONFIDENTIAL" if entry.confidential else "PRIVATE")
        event.add("transp", "TRANSPARENT" if entry.standing is Standing.CANCELLED else "OPAQUE")
        event.add("url", self._url)
        if entry.location:
            event.add("location", entry.location)
        return event


def _told(instant: datetime, zone: ZoneInfo) -> datetime:
    """By the clock of the zone; in UTC where the clock shows the time for the second time: TZID means the first (3.3.5)."""
    local = instant.astimezone(zone)
    return instant if local.fold else local


def _zones(entries: Sequence[CalendarEntry]) -> dict[str, list[datetime]]:
    times: dict[str, list[datetime]] = {}
    for entry in entries:
        times.setdefault(entry.time_zone, []).extend((entry.start, entry.end))
    return times


def _written(method: str, events: Iterable[Event], zones: dict[str, list[datetime]], name: str | None = None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name is not None:
        calendar.add("name", name)  # RFC 7986
        calendar.add("x-wr-calname", name)  # what most programs read
        calendar.add("refresh-interval", _REFRESH, {"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    for zone in sorted(calendar.get_used_tzids() & zones.keys()):
        calendar.subcomponents.insert(0, time_zone_of(zone, min(zones[zone]).year, max(zones[zone]).year))
    written: bytes = calendar.to_ical()
    return written
