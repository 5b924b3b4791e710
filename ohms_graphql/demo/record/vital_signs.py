"""Vital signs, taken whenever somebody comes in person."""

from decimal import Decimal

from models.record import Observation, ObservationValue
from models.values import AdministrativeGender, CodeableConcept, Quantity
from ohms_graphql.demo.cast import chance
from ohms_graphql.demo.data import vital_signs as known
from ohms_graphql.demo.data.codes import SOCIAL_HISTORY, SURVEY, VITAL_SIGNS, snomed
from ohms_graphql.demo.data.laboratory import LabTest
from ohms_graphql.demo.outcomes import Kept
from ohms_graphql.demo.record.chart import Chart
from ohms_graphql.demo.record.measurements import component, write_measurement

_SMOKING = (
    snomed("Never smoked tobacco", "266919005"),
    snomed("Ex-smoker", "8517006"),
    snomed("Smokes tobacco daily", "449868002"),
)
_FEVER = Decimal("1.6")


def write_vital_signs(chart: Chart, kept: Kept) -> None:
    age = chart.profile.person.age_on(kept.visit.start.date())
    usual = known.usual_at(age)
    if usual.pressure is not None:
        _pressure(chart, kept, usual.pressure)
    write_measurement(chart, kept, usual.heart_rate, VITAL_SIGNS)
    weight, height = _weight_and_height(chart, kept, age)
    _plain(chart, kept, known.BODY_WEIGHT, weight, "kg")
    if kept.visit.kind.key in {"new", "physical"} or age < 12:
        _plain(chart, kept, known.BODY_HEIGHT, height, "cm")
    if kept.visit.illness is not None and kept.visit.illness.fever:
        _temperature(chart, kept)


def write_questions(chart: Chart, kept: Kept, *, first: bool) -> None:
    """Smoking, asked of adults at the first visit; the PHQ-9 score of those who come because of their mood."""
    person = chart.profile.person
    if first and person.age >= 18:
        answer = chance("smoking", person.number).choices(_SMOKING, weights=[60, 25, 15])[0]
        value = ObservationValue(concept=answer)
        chart.at_visit(Observation, kept, code=known.SMOKING_STATUS, categories=[SOCIAL_HISTORY], value=value)
    if kept.visit.illness is not None and kept.visit.illness.key == "depression":
        write_measurement(chart, kept, known.PHQ9, SURVEY)


def _pressure(chart: Chart, kept: Kept, tests: tuple[LabTest, LabTest]) -> None:
    parts = [component(chart, test, kept.visit.number) for test in tests]
    chart.at_visit(Observation, kept, code=known.BLOOD_PRESSURE, categories=[VITAL_SIGNS], components=parts)


def _temperature(chart: Chart, kept: Kept) -> None:
    """Every other one who comes with a cold has a fever."""
    written = write_measurement(chart, kept, known.BODY_TEMPERATURE, VITAL_SIGNS)
    if chance("fever", kept.visit.number).random() < 0.5 and written.value and written.value.quantity:
        value = written.value.quantity.value + _FEVER
        written.value = ObservationValue(quantity=written.value.quantity.model_copy(update={"value": value}))
        written.interpretations = [known.BODY_TEMPERATURE.interpretation(value, chart.patient.gender)]


def _weight_and_height(chart: Chart, kept: Kept, age: int) -> tuple[Decimal, Decimal]:
    """Kilograms and centimetres: children grow, adults keep their height and sway by a kilogram."""
    luck = chance("body", chart.profile.person.number)
    build, sway = luck.uniform(0.88, 1.28), chance("sway", kept.visit.number).uniform(-0.9, 0.9)
    if age < 18:
        months = max(1.0, (kept.visit.start.date() - chart.profile.person.born).days / 30.44)
        height = 52 + 1.9 * months if months < 12 else 75 + (months - 12) * 0.46
        weight = 3.6 + 0.55 * months if months < 12 else 9.6 + (months - 12) * 0.2 + max(0.0, months - 120) * 0.14
        return Decimal(f"{weight * (0.9 + (build - 0.88) / 2):.1f}"), Decimal(f"{height:.0f}")
    tall = luck.gauss(163 if chart.patient.gender is AdministrativeGender.FEMALE else 176, 6)
    return Decimal(f"{23.5 * build * (tall / 100) ** 2 + sway:.1f}"), Decimal(f"{tall:.0f}")


def _plain(chart: Chart, kept: Kept, code: CodeableConcept, value: Decimal, unit: str) -> None:
    shown = ObservationValue(quantity=Quantity(value=value, unit=unit, code=unit))
    chart.at_visit(Observation, kept, code=code, categories=[VITAL_SIGNS], value=shown)
