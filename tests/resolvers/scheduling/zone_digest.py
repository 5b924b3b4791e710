"""``TZ=... python -m tests.resolvers.scheduling.zone_digest``: offset of this server, number and digest of computed times."""

import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from resolvers.scheduling.recurrence import occurrences
from resolvers.scheduling.slots import SlotRules
from resolvers.scheduling.span import Span
from resolvers.scheduling.timetable import timetable_of
from resolvers.scheduling.wall_clock import zone_of
from resolvers.slot_search.range import slot_range
from tests.resolvers.scheduling.oracle import every_day, visit_type

ZONES = ["America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Havana", "Pacific/Kiritimati", "Asia/Tokyo"]


def times() -> list[datetime]:
    within = slot_range(None, None, datetime(2026, 3, 1, 12, tzinfo=UTC), [])
    found = []
    for name in ZONES:
        rules = SlotRules(timetable_of(name, every_day("21:30", "05:10")), visit_type(45))
        starts = rules.starts(Span(within.start, within.end + timedelta(days=300)), ())
        found += starts
        found += occurrences("FREQ=WEEKLY;COUNT=40", starts[0], zone_of(name))
    return found


if __name__ == "__main__":
    found = times()
    print(time.timezone, len(found), sha256("".join(map(str, found)).encode()).hexdigest())
