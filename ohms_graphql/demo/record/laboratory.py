"""Laboratory reports and their results."""

from datetime import timedelta

from models.record import Interpretation, LabReport, Observation, ObservationValue, RecordStatus
from models.record.results import Conclusion
from ohms_graphql.demo.cast import chance
from ohms_graphql.demo.data.codes import LABORATORY, snomed
from ohms_graphql.demo.data.laboratory import PANELS, PHYSICAL_PANELS, STREP_TEST, Panel
from ohms_graphql.demo.outcomes import Kept
from ohms_graphql.demo.record.chart import Chart
from ohms_graphql.demo.record.measurements import write_measurement

_POSITIVE = snomed("Positive", "10828004")
_OLD_ENOUGH = 16


def write_laboratory(chart: Chart, kept: Kept) -> None:
    """What the illness or the check-up asks for: blood is drawn of those who come in person."""
    visit = kept.visit
    if not visit.kind.in_person or visit.kind.key == "vaccination":
        return
    if visit.illness is not None and visit.illness.key == "strep-throat":
        _throat_swab(chart, kept)
    if chart.profile.person.age < _OLD_ENOUGH:
        return
    keys = PHYSICAL_PANELS if visit.kind.key == "physical" else visit.illness.panels if visit.illness else ()
    often = 1.0 if chart.profile.person.number == 0 or visit.kind.key == "physical" else 0.6
    if chance("laboratory", visit.number).random() < often:
        for key in keys:
            _report(chart, kept, PANELS[key])


def _report(chart: Chart, kept: Kept, panel: Panel) -> None:
    """Ready some hours after the visit. Until then the laboratory has it registered, and there is nothing to read."""
    luck = chance("report", kept.visit.number, panel.code.text)
    after = timedelta(hours=luck.randrange(3, 30), minutes=luck.randrange(60))
    if kept.visit.end + after > chart.anchor:
        status = RecordStatus.REGISTERED
        chart.at_visit(LabReport, kept, code=panel.code, categories=[LABORATORY], status=status)
        return
    report = chart.at_visit(LabReport, kept, after=after, code=panel.code, categories=[LABORATORY])
    abnormal = 0
    for position, test in enumerate(panel.tests):
        result = write_measurement(chart, kept, test, LABORATORY, after=after, lab_report_id=report.id, position=position)
        abnormal += result.interpretations != [Interpretation.N]
    if abnormal:
        report.conclusion = Conclusion(f"{abnormal} of {len(panel.tests)} results outside the reference range.")


def _throat_swab(chart: Chart, kept: Kept) -> None:
    """Read within minutes, in the room."""
    report = chart.at_visit(LabReport, kept, code=STREP_TEST, categories=[LABORATORY], conclusion="Positive.")
    chart.at_visit(
        Observation,
        kept,
        code=STREP_TEST,
        categories=[LABORATORY],
        value=ObservationValue(concept=_POSITIVE),
        interpretations=[Interpretation.A],
        lab_report_id=report.id,
    )
