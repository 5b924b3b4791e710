"""Providers, patients and the places they meet."""

from datetime import date, datetime, timedelta
from random import Random

from models.money import Money
from models.npi import npi_with_check_digit
from models.organization import Organization
from models.patient import CareTeamMember, EmergencyContact, Patient, Proxy, ProxyRelationship, ProxyScope
from models.provider import Availability, AvailabilityException, Provider, Weekday, WeeklyHours
from models.values import (
    Address,
    AdministrativeGender,
    CodeableConcept,
    ContactPoint,
    ContactSystem,
    ContactUse,
    HumanName,
    Period,
)
from models.visit_type import VisitMode, VisitType
from ohms_graphql.demo.cast import PARENT, PATIENTS, PROVIDERS, SIGN_INS, demo_id
from ohms_graphql.demo.catalog import SNOMED, concept

ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles")
PARENTS_CHILD = 2
"""Number of the patient whose parent can sign in."""

_FEMALE = (
    "Amara Beatriz Chloé Divya Elena Fatima Grace Hana Ingrid Jia Keisha Lucía Mei Nadia Olga Priya Rosa Sofia Thuy Zoë".split()
)
_MALE = "Ahmed Björn Carlos Dmitri Emeka Felipe George Hiro Ivan José Kofi Liam Mateo Noah Omar Pavel Quentin Ravi Søren".split()
_FAMILY = (
    "Adeyemi Bauer Castillo Dubois Eriksen Fernández Green Haddad Ibrahim Johnson Kowalski López Murphy Nakamura O'Brien Patel "
    "Quinn Rossi Silva Tanaka Ueda Vasquez Williams Xu Yildiz Zhang Núñez Müller Okafor Petrov"
).split()
_STREETS = ("Birch Lane", "Cedar Street", "Elm Avenue", "Lakeview Road", "Maple Drive", "Orchard Way", "Willow Court")
_CITIES = (("Springvale", "NY", "10599"), ("Lakeside", "IL", "60699"), ("Bayport", "CA", "94199"))
_SPECIALTIES = (
    ("Family medicine", "419772000"),
    ("Internal medicine", "419192003"),
    ("Cardiology", "394579002"),
    ("Pediatrics", "394537008"),
    ("Dermatology", "394582007"),
    ("Endocrinology", "394583002"),
)
_VISIT_TYPES = (
    ("new", "New patient", 30, (VisitMode.IN_PERSON,), 22000, 10),
    ("follow-up", "Follow-up", 20, (VisitMode.IN_PERSON,), 12000, 0),
    ("physical", "Annual physical", 40, (VisitMode.IN_PERSON,), 18000, 0),
    ("video", "Video follow-up", 20, (VisitMode.VIDEO,), 9500, 0),
    ("vaccination", "Vaccination", 20, (VisitMode.IN_PERSON,), 4000, 0),
    ("phone", "Telephone consultation", 20, (VisitMode.PHONE,), 6000, 0),
)
_BIOGRAPHY = "Practises {specialty} in {city} and likes to explain things with a drawing."


def _gender(random: Random) -> tuple[AdministrativeGender, list[str]]:
    gender = random.choice([AdministrativeGender.FEMALE, AdministrativeGender.MALE])
    return gender, _FEMALE if gender is AdministrativeGender.FEMALE else _MALE


def visit_types(made: datetime) -> list[VisitType]:
    return [
        VisitType(
            id=demo_id("VisitType", key),
            created_at=made,
            updated_at=made,
            name=name,
            duration_minutes=minutes,
            buffer_after_minutes=buffer,
            modes=list(modes),
            price=Money(minor_units=cents),
        )
        for key, name, minutes, modes, cents, buffer in _VISIT_TYPES
    ]


def organizations(made: datetime) -> list[Organization]:
    return [
        Organization(
            id=demo_id("Organization", index),
            created_at=made,
            updated_at=made,
            name=f"{city} Clinic",
            contacts=[ContactPoint(system=ContactSystem.PHONE, value=f"+1 202 555 01{index:02d}", use=ContactUse.WORK)],
            addresses=[
                Address(lines=[f"{100 + index} {_STREETS[index]}"], city=city, state=state, postal_code=code, country="US")
            ],
        )
        for index, (city, state, code) in enumerate(_CITIES)
    ]


def providers(random: Random, made: datetime, anchor: date) -> list[Provider]:
    """Twelve, in three time zones, each there five days a week but for a day of leave."""
    return [_provider(random, number, made, anchor) for number in range(PROVIDERS)]


def _provider(random: Random, number: int, made: datetime, anchor: date) -> Provider:
    site = number % 3
    specialty, code = _SPECIALTIES[number % len(_SPECIALTIES)]
    gender, names = _gender(random)
    city = _CITIES[site][0]
    opens = 8 + number % 2
    hours = [
        WeeklyHours(weekday=weekday, start=start, end=end)
        for weekday in list(Weekday)[:5]
        for start, end in ((f"{opens:02d}:00", "12:00"), ("13:00", f"{opens + 8:02d}:00"))
    ]
    leave = AvailabilityException(date=anchor + timedelta(days=7 + number), available=False, reason="Leave")
    return Provider(
        id=demo_id("Provider", number),
        created_at=made,
        updated_at=made,
        npi=npi_with_check_digit(f"1{number:02d}{random.randrange(10**6):06d}"),
        npi_verified=True,
        name=HumanName(family=_FAMILY[(number * 7) % len(_FAMILY)], given=[names[number]], prefix=["Dr."]),
        credentials=["MD"] if number % 4 else ["MD", "PhD"],
        specialties=[CodeableConcept(text=specialty, codings=concept(specialty, SNOMED, code).codings)],
        languages=["en", *random.sample(["es", "fr", "zh", "ar", "hi"], k=number % 3)],
        time_zone=ZONES[site],
        biography=_BIOGRAPHY.format(specialty=specialty.lower(), city=city),
        accepting_new_patients=number % 5 != 4,
        gender=gender,
        organization_ids=[demo_id("Organization", site)],
        visit_type_ids=[demo_id("VisitType", key) for key, *_ in _VISIT_TYPES],
        availability=Availability(weekly=hours, exceptions=[leave]),
    )


def patients(random: Random, made: datetime, anchor: date) -> list[Patient]:
    """Two hundred, from infants to over ninety. Each has a provider of their own; the first few are known by their sign-in."""
    return [_patient(random, number, made, anchor) for number in range(PATIENTS)]


def _patient(random: Random, number: int, made: datetime, anchor: date) -> Patient:
    gender, names = _gender(random)
    family = random.choice(_FAMILY)
    age = {0: 58, 1: 39, PARENTS_CHILD: 9}.get(
        number, random.choice([random.randrange(18), random.randrange(18, 70), random.randrange(60, 96)])
    )
    born = anchor - timedelta(days=age * 365 + age // 4 + 1 + random.randrange(360))
    doctor = home_provider(number)
    city, state, code = _CITIES[doctor % 3]
    given = random.choice(names)
    contacts = [
        ContactPoint(system=ContactSystem.PHONE, value=f"+1 202 555 01{random.randrange(100):02d}", use=ContactUse.MOBILE)
    ]
    if age >= 16:
        contacts.append(ContactPoint(system=ContactSystem.EMAIL, value=f"patient{number}@mail.example", use=ContactUse.HOME))
    address = Address(
        lines=[f"{random.randrange(1, 300)} {random.choice(_STREETS)}"], city=city, state=state, postal_code=code, country="US"
    )
    return Patient(
        id=demo_id("Patient", number),
        created_at=made + timedelta(minutes=number),
        updated_at=made + timedelta(minutes=number),
        mrn=f"D{number:07d}",
        name=HumanName(family=family, given=[given]),
        birth_date=born,
        gender=gender,
        contacts=contacts,
        address=address,
        preferred_language=random.choice(["en", "en", "en", "es", "zh", "ar"]),
        emergency_contacts=[
            EmergencyContact(
                name=f"{random.choice(_FEMALE + _MALE)} {family}",
                relationship=random.choice(["spouse", "parent", "sibling", "friend"]),
                phone=f"+1 202 555 01{random.randrange(100):02d}",
            )
        ],
        care_team=[CareTeamMember(provider_id=demo_id("Provider", doctor), since=made)],
        treated_by=[demo_id("Provider", doctor)],
        proxies=_proxies(number, born, made),
    )


def home_provider(patient: int) -> int:
    """The number of the provider who looks after a patient. The first ones are the showcase provider's."""
    return 0 if patient < 3 else patient % PROVIDERS


def _proxies(number: int, born: date, made: datetime) -> list[Proxy]:
    if number == PARENTS_CHILD:
        of_age = made.replace(year=born.year + 18, month=born.month, day=min(born.day, 28))
        return [
            Proxy(
                account_id=PARENT.account_id,
                relationship=ProxyRelationship.PARENT,
                period=Period(start=made, end=of_age),
                scope=list(ProxyScope),
            )
        ]
    if number == 5:  # the showcase patient helps a neighbour with appointments
        account_id = SIGN_INS[0].account_id
        scope = [ProxyScope.APPOINTMENTS]
        return [Proxy(account_id=account_id, relationship=ProxyRelationship.CAREGIVER, period=Period(start=made), scope=scope)]
    return []
