"""Two organizations in three time zones.

The towns and streets exist nowhere; telephone numbers are 555-01xx, which are kept for fiction.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Site:
    """``organization`` is the number of the organization it belongs to, ``areas`` are telephone area codes."""

    organization: int
    city: str
    state: str
    postal_code: str
    time_zone: str
    areas: tuple[str, ...]

    def phone(self, random: Random) -> str:
        """A number in E.164 form that is never given to anybody."""
        return f"+1{random.choice(self.areas)}55501{random.randrange(100):02d}"


SITES: tuple[Site, ...] = (
    Site(0, "Springvale", "NY", "10599", "America/New_York", ("212", "646", "914")),
    Site(0, "Lakeside Falls", "IL", "60699", "America/Chicago", ("312", "773", "872")),
    Site(1, "Port Alder", "CA", "94199", "America/Los_Angeles", ("213", "323", "818")),
)
ORGANIZATIONS = ("Two Rivers Medical Group", "Alder Coast Community Clinic")
STREETS = (
    "Birch Lane",
    "Cedar Hollow Road",
    "Elm Terrace",
    "Foxglove Court",
    "Lantern Street",
    "Maple Rise",
    "Old Orchard Way",
    "Quarry Road",
    "Saltmarsh Drive",
    "Willowbend Avenue",
)
