"""The patients of the scale clinic and their insurance, made through the real models: they are the few among the many."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from models.coverage import Coverage, CoverageStatus
from models.patient import CareTeamMember, Patient
from models.values import Address, AdministrativeGender, ContactPoint, ContactSystem, ContactUse, HumanName, Period
from ohms_graphql.demo.data.illness import Illness
from ohms_graphql.demo.data.illnesses import CHRONIC
from ohms_graphql.demo.data.names import CULTURES
from ohms_graphql.demo.data.places import STREETS
from ohms_graphql.demo.data.plans import PLANS
from ohms_graphql.demo.scale.ids import Ids
from ohms_graphql.demo.scale.providers import COMING, PAST, Doctor
from ohms_graphql.demo.scale.size import PATIENTS_EACH

FREQUENT = 20
"""Every twentieth patient comes six times as often as the others."""
_AREAS, _LINES = 800, 100  # numbers 555-01xx in each area, which are kept for fiction
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Person:
    """What their visits and records are made from. ``number`` counts within the whole clinic."""

    number: int
    id: str
    born: date
    registered: datetime
    gender: AdministrativeGender
    doctor: Doctor
    illnesses: tuple[Illness, Illness]

    @property
    def weight(self) -> int:
        """How often they come, compared with others."""
        return 6 if self.number % FREQUENT == 0 else 1


def person(number: int, doctor: Doctor, ids: Ids, luck: Random, anchor: datetime) -> Person:
    """Registered before the first visit of the clinic could be booked."""
    registered = anchor - PAST - COMING - timedelta(minutes=luck.randrange(60, _LONGEST * 24 * 60))
    age = luck.randrange(46, 58) if luck.random() < 0.3 else luck.randrange(20, 88)
    possible = [illness for illness in CHRONIC if illness.least_age <= age - 3 and age <= illness.most_age]
    one, other = luck.sample(possible, k=2)
    return Person(
        number=number,
        id=ids.at(registered),
        born=(anchor - timedelta(days=age * 365.25 + luck.randrange(360))).date(),
        registered=registered,
        gender=luck.choice((AdministrativeGender.FEMALE, AdministrativeGender.MALE)),
        doctor=doctor,
        illnesses=(one, other),
    )


def patient(of: Person, treated_by: list[str], luck: Random) -> Patient:
    culture = luck.choices(CULTURES, weights=_SHARES)[0]
    given = luck.sample(culture.female if of.gender is AdministrativeGender.FEMALE else culture.male, k=2)
    site = of.doctor.site
    area, line = divmod(of.number, _LINES)
    return Patient(
        id=of.id,
        created_at=of.registered,
        updated_at=of.registered,
        mrn=f"S{of.number:08d}",
        name=HumanName(family=luck.choice(culture.families), given=given),
        birth_date=of.born,
        gender=of.gender,
        contacts=[
            ContactPoint(system=ContactSystem.PHONE, value=f"+1{200 + area % _AREAS}55501{line:02d}", use=ContactUse.MOBILE),
            ContactPoint(system=ContactSystem.EMAIL, value=f"patient{of.number}@scale.example", use=ContactUse.HOME),
        ],
        address=Address(
            lines=[f"{luck.randrange(2, 980)} {luck.choice(STREETS)}"],
            city=site.city,
            state=site.state,
            postal_code=site.postal_code,
            country="US",
        ),
        preferred_language=culture.language,
        care_team=[CareTeamMember(provider_id=of.doctor.id, role="attending", since=of.registered)],
        treated_by=treated_by,
        sample_key=repr(luck.random()),
    )


def coverage(of: Patient, coverage_id: str, luck: Random) -> Coverage:
    plan = luck.choice(PLANS)
    return Coverage(
        id=coverage_id,
        created_at=of.created_at,
        updated_at=of.created_at,
        status=CoverageStatus.ACTIVE,
        patient_id=of.id,
        payer=plan.payer,
        plan_name=plan.name,
        member_id=f"{plan.payer[0]}{luck.randrange(10**10):010d}-01",
        group_number=f"G{luck.randrange(10**5):05d}",
        subscriber=of.name.text,
        period=Period(start=datetime(of.created_at.year, 1, 1)),  # noqa: DTZ001 -- UTC, see ids
        sample_key=repr(luck.random()),
    )


def panel(doctor: Doctor, ids: Ids, luck: Random, anchor: datetime) -> list[Person]:
    """The patients of one provider."""
    first = doctor.number * PATIENTS_EACH
    return [person(number, doctor, ids, luck, anchor) for number in range(first, first + PATIENTS_EACH)]


_SHARES = [culture.share for culture in CULTURES]
