"""One patient's whole record."""

from models.record import Record
from models.values import CodeableConcept
from ohms_graphql.demo.outcomes import Kept
from ohms_graphql.demo.record.chart import Chart
from ohms_graphql.demo.record.laboratory import write_laboratory
from ohms_graphql.demo.record.notes import write_confidential_note, write_note
from ohms_graphql.demo.record.prevention import write_childhood_vaccinations, write_vaccination
from ohms_graphql.demo.record.problems import write_allergies, write_examination, write_illness_of_visit, write_problems
from ohms_graphql.demo.record.vital_signs import write_questions, write_vital_signs


def history(chart: Chart) -> list[Record]:
    write_problems(chart)
    write_allergies(chart)
    write_childhood_vaccinations(chart)
    vaccines: list[CodeableConcept] = []
    for kept in chart.visits:
        _visit(chart, kept, vaccines)
    write_confidential_note(chart)
    return chart.records


def _visit(chart: Chart, kept: Kept, vaccines: list[CodeableConcept]) -> None:
    if kept.visit.kind.in_person:
        write_vital_signs(chart, kept)
        write_questions(chart, kept, first=kept is chart.visits[0])
    if kept.visit.illness is not None:
        write_illness_of_visit(chart, kept, kept.visit.illness)
        write_examination(chart, kept, kept.visit.illness)
    if kept.visit.kind.preventive:
        write_vaccination(chart, kept, vaccines)
    write_laboratory(chart, kept)
    write_note(chart, kept)
