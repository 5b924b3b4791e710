"""Vaccinations: those of childhood, and those given at visits."""

from datetime import UTC, datetime, time, timedelta

from models.record import Immunization, RecordStatus
from models.values import CodeableConcept
from ohms_graphql.demo.cast import chance
from ohms_graphql.demo.data import prevention as known
from ohms_graphql.demo.outcomes import Kept
from ohms_graphql.demo.record.chart import Chart

_MONTH_DAYS = 30.44
_AUTUMN = (9, 10, 11, 12, 1)


def write_childhood_vaccinations(chart: Chart) -> None:
    """Of everybody under eighteen, up to now."""
    person = chart.profile.person
    if not person.minor:
        return
    luck = chance("childhood", person.number)
    for vaccine, months in known.CHILDHOOD:
        for month in months:
            day = person.born + timedelta(days=round(month * _MONTH_DAYS) + luck.randrange(1, 12))
            at = datetime.combine(day, time(17, luck.randrange(60)), UTC)
            if at < chart.anchor - timedelta(days=1):
                chart.from_before(Immunization, at, code=vaccine, lot_number=f"L{luck.randrange(10**5):05d}")


def write_vaccination(chart: Chart, kept: Kept, given_before: list[CodeableConcept]) -> None:
    """The first that is due of what suits age and season. One in twenty thinks better of it: then that is written down."""
    luck = chance("vaccination", kept.visit.number)
    age = chart.profile.person.age_on(kept.visit.start.date())
    due = [vaccine for vaccine in _suitable(age, kept.visit.start) if vaccine not in given_before]
    if not due:
        return
    given_before.append(due[0])
    given = luck.random() > 0.05
    chart.at_visit(
        Immunization,
        kept,
        code=due[0],
        given=given,
        status=RecordStatus.FINAL,
        lot_number=f"L{luck.randrange(10**5):05d}" if given else None,
    )


def _suitable(age: int, at: datetime) -> list[CodeableConcept]:
    influenza = [known.INFLUENZA] if at.month in _AUTUMN and age >= 1 else []
    if age < 11:
        return influenza
    if age < 18:
        return [*influenza, known.TDAP, known.HPV, known.MENINGOCOCCAL]
    older = [known.ZOSTER] if age >= 50 else [known.HEPATITIS_B_ADULT]
    return [*influenza, *older, *([known.PNEUMOCOCCAL] if age >= 65 else []), known.TDAP]
