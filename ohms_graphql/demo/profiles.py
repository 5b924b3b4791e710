"""What is wrong with whom, and who looks after it. Visits and records are both made from this."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from ohms_graphql.demo.cast import HELPED_NEIGHBOUR, PSYCHIATRIST, chance
from ohms_graphql.demo.data.illness import Illness
from ohms_graphql.demo.data.illnesses import CHRONIC
from ohms_graphql.demo.data.prevention import ALLERGENS, EGG, PENICILLIN, Allergen
from ohms_graphql.demo.data.providers import DOCTORS
from ohms_graphql.demo.households import Person

_SHOWCASE = ("diabetes", "hypertension", "hyperlipidemia", "hypothyroidism", "knee-arthritis")
_ADULTS_AT_SITE = ((0, 0, 3), (1, 10), (2, 5, 5))
_CHILDREN_AT_SITE = (3, 4, 2)


@dataclass(frozen=True, slots=True)
class Problem:
    """An illness that came ``began`` and, if it is over, went ``ended``."""

    illness: Illness
    began: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """``doctor`` is the number of the primary care provider, ``specialists`` are numbers as well."""

    person: Person
    doctor: int
    specialists: tuple[int, ...]
    problems: tuple[Problem, ...]
    allergies: tuple[Allergen, ...]

    @property
    def open_problems(self) -> list[Illness]:
        return [problem.illness for problem in self.problems if problem.ended is None]

    @property
    def penicillin_allergy(self) -> bool:
        return PENICILLIN in self.allergies

    @property
    def care_team(self) -> list[int]:
        return [self.doctor, *self.specialists]


def profile(person: Person, anchor: datetime) -> Profile:
    doctor = _doctor(person)
    problems = tuple(_problems(person, anchor))
    followed = {problem.illness.specialty for problem in problems if problem.ended is None}
    specialists = tuple(number for number in range(len(DOCTORS)) if _follows(number, person, followed))
    return Profile(person, doctor, specialists, problems, _allergies(person))


def _doctor(person: Person) -> int:
    if person.minor:
        return _CHILDREN_AT_SITE[person.site_number]
    if person.number <= HELPED_NEIGHBOUR:
        return 0
    return chance("doctor", person.number).choice(_ADULTS_AT_SITE[person.site_number])


def _follows(number: int, person: Person, specialties: set[str | None]) -> bool:
    """A specialist sees people of the same site; the psychiatrist everybody, by video."""
    here = number % 3 == person.site_number or number == PSYCHIATRIST
    return here and DOCTORS[number].specialty in specialties and not person.minor


def _problems(person: Person, anchor: datetime) -> list[Problem]:
    luck = chance("problems", person.number)
    found = []
    for illness in CHRONIC:
        has = illness.key in _SHOWCASE if person.number == 0 else luck.random() < illness.share
        if has and illness.least_age <= person.age <= illness.most_age:
            found.append(_problem(person, illness, anchor))
    return found


def _problem(person: Person, illness: Illness, anchor: datetime) -> Problem:
    luck = chance("problem", person.number, illness.key)
    years = min(12, person.age - illness.least_age)
    days = luck.randrange(200, 200 + 365 * years) if years > 0 else luck.randrange(60, 180)
    began = datetime.combine((anchor - timedelta(days=days)).date(), time(16, luck.randrange(60)), UTC)
    over = person.number != 0 and illness.key in _MAY_END and luck.random() < 0.3
    ended = began + (anchor - began) * (0.3 + 0.5 * luck.random()) if over else None
    return Problem(illness, began, ended.replace(microsecond=0) if ended else None)


_MAY_END = {"depression", "iron-deficiency", "migraine", "eczema", "alcohol"}


def _allergies(person: Person) -> tuple[Allergen, ...]:
    """Two thirds have none, which is said. Egg is a small child's."""
    if person.number == 0:
        return (PENICILLIN, ALLERGENS[4])
    luck = chance("allergies", person.number)
    if luck.random() < 0.66:
        return ()
    possible = [allergen for allergen in ALLERGENS if allergen is not EGG or 3 <= person.age < 14]
    return tuple(luck.sample(possible, k=luck.choice([1, 1, 1, 2])))
