"""Organizations, visit types and providers as documents."""

from datetime import date, datetime, timedelta

from models.money import Money
from models.npi import npi_with_check_digit
from models.organization import Organization
from models.provider import Availability, AvailabilityException, Provider, Weekday, WeeklyHours
from models.values import Address, ContactPoint, ContactSystem, ContactUse, HumanName
from models.visit_type import CancellationPolicy, VisitType
from ohms_graphql.demo.cast import chance, demo_id
from ohms_graphql.demo.data.codes import NUCC, SNOMED, concept
from ohms_graphql.demo.data.places import ORGANIZATIONS, SITES, STREETS, Site
from ohms_graphql.demo.data.providers import DOCTORS, SPECIALTIES, Doctor
from ohms_graphql.demo.data.visit_kinds import LATE, LATE_FEE, NO_SHOW_FEE, VISIT_KINDS, VisitKind


def provider_id(number: int) -> str:
    return demo_id("Provider", number)


def visit_type_id(kind: VisitKind) -> str:
    return demo_id("VisitType", kind.key)


def site_of(number: int) -> Site:
    """The site of a provider."""
    return SITES[number % len(SITES)]


def visit_types(made: datetime) -> list[VisitType]:
    notice = int(LATE.total_seconds()) // 60
    policy = CancellationPolicy(notice_minutes=notice, late_fee=LATE_FEE, no_show_fee=NO_SHOW_FEE)
    return [
        VisitType(
            id=visit_type_id(kind),
            created_at=made,
            updated_at=made,
            name=kind.name,
            duration_minutes=kind.minutes,
            buffer_before_minutes=kind.before,
            buffer_after_minutes=kind.after,
            modes=list(kind.modes),
            price=Money(minor_units=kind.cents),
            code=kind.code,
            cancellation_policy=policy,
        )
        for kind in VISIT_KINDS
    ]


def organizations(made: datetime) -> list[Organization]:
    found = []
    for number, name in enumerate(ORGANIZATIONS):
        sites = [site for site in SITES if site.organization == number]
        luck = chance("organization", number)
        found.append(
            Organization(
                id=demo_id("Organization", number),
                created_at=made,
                updated_at=made,
                name=name,
                contacts=[
                    ContactPoint(system=ContactSystem.PHONE, value=site.phone(luck), use=ContactUse.WORK) for site in sites
                ],
                addresses=[_address(site, f"{100 + number} {STREETS[number]}") for site in sites],
            )
        )
    return found


def _address(site: Site, line: str) -> Address:
    return Address(lines=[line], city=site.city, state=site.state, postal_code=site.postal_code, country="US")


def providers(made: datetime, anchor: date) -> list[Provider]:
    """Twelve, in three time zones, each with weekly hours and a few days that differ."""
    return [_provider(number, doctor, made, anchor) for number, doctor in enumerate(DOCTORS)]


def _provider(number: int, doctor: Doctor, made: datetime, anchor: date) -> Provider:
    luck, site = chance("provider", number), site_of(number)
    text, snomed, nucc, display = SPECIALTIES[doctor.specialty]
    return Provider(
        id=provider_id(number),
        created_at=made,
        updated_at=made,
        # The first digit of every NPI given so far is 1: one that begins with 2 is nobody's.
        npi=npi_with_check_digit(f"2{number:02d}{luck.randrange(10**6):06d}"),
        npi_verified=True,
        name=HumanName(family=doctor.family, given=[doctor.given], prefix=[] if doctor.specialty == "nurse" else ["Dr."]),
        credentials=list(doctor.credentials),
        specialties=[concept(text, SNOMED, snomed, (NUCC, nucc, display))],
        languages=list(doctor.languages),
        time_zone=site.time_zone,
        biography=doctor.biography,
        accepting_new_patients=doctor.accepting,
        gender=doctor.gender,
        contacts=[
            ContactPoint(system=ContactSystem.PHONE, value=site.phone(luck), use=ContactUse.WORK),
            ContactPoint(system=ContactSystem.EMAIL, value=f"provider{number + 1}@ohms.example", use=ContactUse.WORK),
        ],
        address=_address(site, f"{100 + site.organization} {STREETS[site.organization]}"),
        organization_ids=[demo_id("Organization", site.organization)],
        visit_type_ids=[visit_type_id(kind) for kind in doctor.kinds],
        availability=Availability(weekly=_weekly(doctor), exceptions=_exceptions(number, anchor)),
    )


def _weekly(doctor: Doctor) -> list[WeeklyHours]:
    weekdays = list(Weekday)
    hours = [
        WeeklyHours(
            weekday=weekdays[day],
            start=session.start,
            end=session.end,
            visit_type_ids=[visit_type_id(kind) for kind in session.kinds],
        )
        for session in doctor.sessions
        for day in session.days
    ]
    return sorted(hours, key=lambda hours: (weekdays.index(hours.weekday), hours.start))


def _exceptions(number: int, anchor: date) -> list[AvailabilityException]:
    """A week of leave behind, a day of leave ahead, an afternoon of training, and for one an extra Saturday."""
    holiday = anchor - timedelta(days=40 + 9 * number)
    found = [AvailabilityException(date=holiday + timedelta(days=day), reason="Leave") for day in range(5)]
    found.append(AvailabilityException(date=anchor + timedelta(days=6 + number), reason="Leave"))
    training = anchor + timedelta(days=3 + number % 4)
    found.append(AvailabilityException(date=training, start="15:00", end="16:00", reason="Training"))
    if number == 1:
        saturday = anchor + timedelta(days=(5 - anchor.weekday()) % 7 + 7)
        found.append(AvailabilityException(date=saturday, start="09:00", end="12:00", available=True, reason="Extra hours"))
    return found
