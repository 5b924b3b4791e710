"""Values as they are seen in life: everybody has a level of their own, and every measurement strays a little from it."""

from decimal import Decimal
from typing import Any

from models.record import Interpretation, Observation, ObservationComponent, ObservationValue
from models.values import CodeableConcept, Quantity
from ohms_graphql.demo.cast import chance
from ohms_graphql.demo.data.laboratory import LabTest
from ohms_graphql.demo.outcomes import Kept
from ohms_graphql.demo.record.chart import Chart


def measured(chart: Chart, test: LabTest, visit: int) -> Decimal:
    """The patient's own level (moved by what they have) and the day's deviation. Never below zero."""
    person = chart.profile.person.number
    shift = sum(problem.illness.shifts.get(test.key, 0.0) for problem in chart.profile.problems if problem.ended is None)
    level = test.mean + shift + chance("level", person, test.key).gauss(0, test.spread * 0.8)
    value = level + chance("measured", person, test.key, visit).gauss(0, test.spread * 0.45)
    return Decimal(f"{max(value, test.mean * 0.2):.{test.digits}f}")


def quantity(test: LabTest, value: Decimal) -> ObservationValue:
    return ObservationValue(quantity=Quantity(value=value, unit=test.unit, code=test.unit))


def interpretations(chart: Chart, test: LabTest, value: Decimal) -> list[Interpretation]:
    return [test.interpretation(value, chart.patient.gender)]


def write_measurement(chart: Chart, kept: Kept, test: LabTest, category: CodeableConcept, **fields: Any) -> Observation:
    value = measured(chart, test, kept.visit.number)
    return chart.at_visit(
        Observation,
        kept,
        code=test.code,
        categories=[category],
        value=quantity(test, value),
        interpretations=interpretations(chart, test, value),
        reference_ranges=[test.range(chart.patient.gender)],
        **fields,
    )


def component(chart: Chart, test: LabTest, visit: int) -> ObservationComponent:
    value = measured(chart, test, visit)
    return ObservationComponent(code=test.code, value=quantity(test, value), interpretations=interpretations(chart, test, value))
