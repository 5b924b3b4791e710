"""Six months of past and four weeks of coming visits, within the providers' hours, nobody in two places at once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from models.provider import Provider
from ohms_graphql.demo.cast import chance
from ohms_graphql.demo.data.acute_illnesses import ACUTE
from ohms_graphql.demo.data.illness import Illness
from ohms_graphql.demo.data.providers import DOCTORS, PRIMARY_CARE
from ohms_graphql.demo.data.visit_kinds import NEW_PATIENT, PHYSICAL, VACCINATION, VisitKind
from ohms_graphql.demo.hours import Session, sessions
from ohms_graphql.demo.profiles import Profile
from ohms_graphql.demo.providers import visit_type_id

PAST = timedelta(days=182)
COMING = timedelta(days=28)
_STEP = timedelta(minutes=20)
_JUST_NOW, _SOON = timedelta(minutes=10), timedelta(minutes=30)
_SHORT = 20
_APART = timedelta(days=6)
_WEIGHTS = {"new": 1, "follow-up": 10, "physical": 3, "video": 6, "vaccination": 2, "phone": 3}


@dataclass(frozen=True, slots=True)
class Visit:
    """One meeting, before it is known how it went. ``illness`` is what it is about, None for check-ups and vaccinations."""

    number: int
    provider: int
    profile: Profile
    kind: VisitKind
    illness: Illness | None
    start: datetime

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.kind.minutes)


class Schedule:
    """Fills the days one after the other; what was given away stays taken, with its buffers."""

    def __init__(self, anchor: datetime, providers: list[Provider], profiles: list[Profile]) -> None:
        self.visits: list[Visit] = []
        self._anchor = anchor
        self._providers = providers
        self._panels = [_panel(number, profiles) for number in range(len(providers))]
        self._last: dict[int, datetime] = {}
        self._seen: dict[tuple[int, str], datetime] = defaultdict(lambda: anchor - timedelta(days=9999))

    def filled(self) -> list[Visit]:
        day, last = (self._anchor - PAST).date(), (self._anchor + COMING).date()
        while day <= last:
            for number, provider in enumerate(self._providers):
                luck = chance("day", number, (self._anchor.date() - day).days)
                for session in sessions(provider, day):
                    self._fill(number, session, luck)
            day += timedelta(days=1)
        self.visits.sort(key=lambda visit: (visit.start, visit.provider))
        return self.visits

    def _fill(self, number: int, session: Session, luck: Random) -> None:
        """Walks through the session; ``at`` is the first minute that is not yet busy."""
        at = session.start
        if not self._anchor - PAST <= at < self._anchor + COMING:
            return
        share = 0.11 if number == 0 else 0.052
        while at + _STEP <= session.end:
            if self._anchor - _SOON < at < self._anchor - _JUST_NOW < session.end - _STEP:
                at = self._anchor - _JUST_NOW
            # Whatever the day, somebody is being seen right now, and somebody waits.
            now = -_JUST_NOW <= at - self._anchor < _SOON
            visit = self._visit(number, at, session, luck) if now or luck.random() < share * _rush(at) else None
            if visit is None:
                at += timedelta(minutes=5) if now else _STEP
                continue
            self.visits.append(visit)
            self._last[visit.profile.person.number] = visit.start
            self._seen[visit.profile.person.number, visit.kind.key] = visit.start
            at = visit.end + timedelta(minutes=visit.kind.after)

    def _visit(self, number: int, at: datetime, session: Session, luck: Random) -> Visit | None:
        """None when nobody of the panel could come then, or nothing fits any more."""
        for _ in range(12):
            profile = luck.choice(self._panels[number])
            person = profile.person
            registered = person.registered + timedelta(days=1)
            last = self._last.get(person.number, registered - _APART)
            if at < registered or at - last < _APART or (person.died and at > person.died - timedelta(days=3)):
                continue
            subject = self._subject(number, profile, at, session, luck)
            if subject is None:
                continue
            kind, illness = subject
            start = at + timedelta(minutes=kind.before)
            if start + timedelta(minutes=kind.minutes + kind.after) <= session.end:
                return Visit(len(self.visits), number, profile, kind, illness, start)
        return None

    def _subject(
        self, number: int, profile: Profile, at: datetime, session: Session, luck: Random
    ) -> tuple[VisitKind, Illness | None] | None:
        """What it is about. None: everything offered then wants a patient who lives elsewhere to come in person."""
        here = number % 3 == profile.person.site_number
        longest = _SHORT if abs(at - self._anchor) < _SOON else 60
        offered = [
            kind
            for kind in DOCTORS[number].kinds
            if _allowed(kind, session) and (here or not kind.in_person) and kind.minutes <= longest
        ]
        if not offered:
            return None
        first = at - profile.person.registered < timedelta(days=170) and profile.person.number not in self._last
        if first and NEW_PATIENT in offered:
            return NEW_PATIENT, luck.choice(profile.open_problems) if profile.open_problems else None
        due = [kind for kind in offered if kind is not NEW_PATIENT and self._due(profile, kind, at)]
        kind = luck.choices(due, weights=[_WEIGHTS[kind.key] for kind in due])[0]
        if kind.preventive:
            return kind, None
        return kind, _about(number, profile, luck)

    def _due(self, profile: Profile, kind: VisitKind, at: datetime) -> bool:
        """A physical is once a year, a vaccination twice at most."""
        apart = timedelta(days=300 if kind is PHYSICAL else 90 if kind is VACCINATION else 0)
        return at - self._seen[profile.person.number, kind.key] >= apart


def _rush(at: datetime) -> float:
    """Mondays are busy."""
    return 1.3 if at.weekday() == 0 else 1.0


def _allowed(kind: VisitKind, session: Session) -> bool:
    return not session.visit_type_ids or visit_type_id(kind) in session.visit_type_ids


def _panel(number: int, profiles: list[Profile]) -> list[Profile]:
    """Whom a provider sees; the showcase provider also stands in for the colleague next door, and sees one patient often."""
    panel = [profile for profile in profiles if number in profile.care_team]
    if number == 0:
        next_door = [profile for profile in profiles if profile.doctor == 3 and not profile.person.minor]
        panel = [*panel, *next_door, *[profiles[0]] * 7]
    return panel


def _about(number: int, profile: Profile, luck: Random) -> Illness:
    """A specialist follows what is theirs; primary care follows the rest, and sees what has just come."""
    specialty = DOCTORS[number].specialty
    if specialty not in PRIMARY_CARE:
        return luck.choice([illness for illness in profile.open_problems if illness.specialty == specialty])
    chronic = profile.open_problems
    if chronic and luck.random() < 0.65:
        return luck.choice(chronic)
    age = profile.person.age
    fitting = [illness for illness in ACUTE if illness.least_age <= age <= illness.most_age]
    return luck.choices(fitting, weights=[illness.share for illness in fitting])[0]
