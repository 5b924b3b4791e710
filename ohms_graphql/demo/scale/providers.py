"""The providers of the scale clinic, their hours, and the accounts that they sign in with."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.account import Account
from models.npi import npi_with_check_digit
from models.provider import Availability, Provider, Weekday, WeeklyHours
from models.role import Role
from models.values import Address, ContactPoint, ContactSystem, ContactUse, HumanName
from ohms_graphql.demo.accounts import password_hash
from ohms_graphql.demo.cast import chance, demo_id
from ohms_graphql.demo.data.codes import NUCC, SNOMED, concept
from ohms_graphql.demo.data.names import CULTURES
from ohms_graphql.demo.data.places import STREETS, Site
from ohms_graphql.demo.data.providers import SPECIALTIES
from ohms_graphql.demo.data.visit_kinds import VISIT_KINDS, VisitKind
from ohms_graphql.demo.providers import site_of, visit_type_id

PAST, COMING = timedelta(days=364), timedelta(days=28)
SLOT = timedelta(minutes=30)
KINDS: tuple[VisitKind, ...] = tuple(kind for kind in VISIT_KINDS if kind.before + kind.minutes + kind.after <= 30)
"""What fits into one slot, with its buffers."""
_SESSIONS = (("09:00", "12:00"), ("13:00", "17:00"))
_WORKDAYS = list(Weekday)[:5]


@dataclass(frozen=True, slots=True)
class Doctor:
    """A provider of the scale clinic, by number."""

    number: int
    id: str

    @property
    def site(self) -> Site:
        return site_of(self.number)


def email_of(number: int) -> str:
    """What the provider's account is called."""
    return f"scale-provider{number + 1}@ohms.example"


def provider(doctor: Doctor, made: datetime) -> Provider:
    luck, site = chance("scale provider", doctor.number), doctor.site
    culture = luck.choice(CULTURES)
    text, snomed, nucc, display = SPECIALTIES["family"]
    name = HumanName(family=luck.choice(culture.families), given=[luck.choice(culture.female + culture.male)], prefix=["Dr."])
    street = f"{luck.randrange(2, 980)} {luck.choice(STREETS)}"
    return Provider(
        id=doctor.id,
        created_at=made,
        updated_at=made,
        # Nobody has an NPI that begins with 2; those of the demo's own providers begin with 20 and 21.
        npi=npi_with_check_digit(f"29{doctor.number:07d}"),
        npi_verified=True,
        name=name,
        credentials=["MD"],
        specialties=[concept(text, SNOMED, snomed, (NUCC, nucc, display))],
        languages=sorted({"en", culture.language}),
        time_zone=site.time_zone,
        contacts=[ContactPoint(system=ContactSystem.EMAIL, value=email_of(doctor.number), use=ContactUse.WORK)],
        address=Address(lines=[street], city=site.city, state=site.state, postal_code=site.postal_code, country="US"),
        organization_ids=[demo_id("Organization", site.organization)],
        visit_type_ids=[visit_type_id(kind) for kind in KINDS],
        availability=Availability(
            weekly=[
                WeeklyHours(weekday=weekday, start=start, end=end, visit_type_ids=[])
                for weekday in _WORKDAYS
                for start, end in _SESSIONS
            ]
        ),
    )


def account(doctor: Doctor, account_id: str, made: datetime) -> Account:
    """With the demo's password."""
    return Account(
        id=account_id,
        created_at=made,
        updated_at=made,
        email=email_of(doctor.number),
        password_hash=password_hash(),
        roles=[Role.PROVIDER],
        provider_id=doctor.id,
    )


@lru_cache(maxsize=8)
def slots(zone: str, anchor: datetime) -> list[datetime]:
    """The starts of all slots around ``anchor``, in order, in UTC; the clocks change at night only."""
    starts: list[datetime] = []
    day = (anchor - PAST).date()
    while day < (anchor + COMING).date():
        if day.weekday() < len(_WORKDAYS):
            for start, end in _SESSIONS:
                at, last = (_instant(day, wall, zone) for wall in (start, end))
                while at + SLOT <= last:
                    starts.append(at)
                    at += SLOT
        day += timedelta(days=1)
    return starts


def _instant(day: date, wall: str, zone: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(wall), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
