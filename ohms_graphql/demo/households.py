"""Who lives with whom: how old everybody is, and which parent belongs to which child."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ohms_graphql.demo.cast import (
    HELPED_NEIGHBOUR,
    PARENT_NUMBER,
    PARENTS_CHILD,
    PARENTS_TEENAGER,
    PATIENTS,
    chance,
    demo_id,
)
from ohms_graphql.demo.data.places import SITES, Site

_FIRST_PARENT, _FIRST_CHILD = 100, 150
_AGES = {0: 58, PARENT_NUMBER: 39, PARENTS_CHILD: 9, PARENTS_TEENAGER: 15, HELPED_NEIGHBOUR: 91, 6: 84, _FIRST_CHILD: 0}
_DIED = 149
_OVER_NINETY = range(140, 145)


@dataclass(frozen=True, slots=True)
class Person:
    """``parent`` is the number of the parent who is a patient, too. ``born`` may be this year."""

    number: int
    site_number: int
    born: date
    age: int
    parent: int | None
    registered: datetime
    died: datetime | None

    @property
    def site(self) -> Site:
        return SITES[self.site_number]

    @property
    def minor(self) -> bool:
        return self.parent is not None

    @property
    def id(self) -> str:
        return demo_id("Patient", self.number)

    def age_on(self, day: date) -> int:
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


def people(anchor: datetime) -> list[Person]:
    """All two hundred. The first few are known by their sign-in; the last fifty are children of the hundreds."""
    return [_person(number, anchor) for number in range(PATIENTS)]


def years_later(day: date, years: int) -> date:
    """The same calendar day; the first of March where there is no 29th of February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _parent_of(number: int) -> int | None:
    if number in {PARENTS_CHILD, PARENTS_TEENAGER}:
        return PARENT_NUMBER
    return _FIRST_PARENT + (number - _FIRST_CHILD) // 2 if number >= _FIRST_CHILD else None


def _age(number: int) -> int:
    if number in _AGES:
        return _AGES[number]
    luck = chance("age", number)
    if number >= _FIRST_CHILD:
        return luck.randrange(0, 17)
    if _FIRST_PARENT <= number < _FIRST_PARENT + 25:
        return luck.randrange(34, 47)
    if number in _OVER_NINETY:
        return luck.randrange(90, 98)
    return luck.choice([luck.randrange(18, 45), luck.randrange(30, 68), luck.randrange(55, 90)])


def _person(number: int, anchor: datetime) -> Person:
    luck = chance("person", number)
    parent, age = _parent_of(number), _age(number)
    born = years_later(anchor.date(), -age) - timedelta(days=luck.randrange(150, 300) if age == 0 else luck.randrange(364))
    new = parent is None and number > HELPED_NEIGHBOUR and number % 8 == 7
    registered = anchor - timedelta(days=luck.randrange(14, 150) if new else luck.randrange(400, 1500))
    registered = registered.replace(hour=15, minute=luck.randrange(60), second=luck.randrange(60), microsecond=0)
    at_birth = datetime.combine(born + timedelta(days=2), registered.timetz())
    return Person(
        number=number,
        site_number=(number if parent is None else parent) % len(SITES) if number > HELPED_NEIGHBOUR else 0,
        born=born,
        age=age,
        parent=parent,
        registered=max(registered, at_birth),
        died=anchor - timedelta(days=61, hours=7) if number == _DIED else None,
    )
