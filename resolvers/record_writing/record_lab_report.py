"""recordLabReport: a report and its observations, together or not at all."""

from collections.abc import Sequence
from datetime import datetime

from models.record import LabReport, Observation
from models.values import CodeableConcept, Coding
from resolvers.clinical_codes.checking import check_concept, check_concepts
from resolvers.clinical_codes.systems import HL7, LOINC, SNOMED_CT
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.record_writing.entry import Content, NewEntry, begin
from resolvers.record_writing.new_record import insert_record
from resolvers.record_writing.record_observation import check_observation, observed

MAX_CONCLUSION = 10_000
MAX_RESULTS = 200
_LABORATORY = CodeableConcept(
    text="Laboratory", codings=[Coding(system=f"{HL7}observation-category", code="laboratory", display="Laboratory")]
)


def check_lab_report(complaints: Complaints, report: LabReport, at: list[str], _instant: datetime) -> None:
    check_concept(complaints, report.code, [*at, "code"], systems={LOINC})
    check_concepts(complaints, report.categories, [*at, "categories"], systems={HL7, LOINC, SNOMED_CT})
    complaints.text([*at, "conclusion"], report.conclusion, most=MAX_CONCLUSION, required=True, lines=True)


async def record_lab_report(context: RequestContext, entry: NewEntry, content: Content, results: Sequence[Content]) -> str:
    """The id of the new report; ``results`` are the contents of its observations, in its order. Raises as ``begin``."""
    observations: list[Observation] = []

    def check(complaints: Complaints, report: LabReport, at: list[str], instant: datetime) -> None:
        check_lab_report(complaints, report, at, instant)
        complaints.items(["observations"], results, most=MAX_RESULTS)
        observations[:] = [_result(report, place, result) for place, result in enumerate(results[:MAX_RESULTS])]
        for observation in observations:
            check_observation(complaints, observation, ["observations", str(observation.position)], instant)

    report = await begin(context, LabReport, entry, content, check)

    async def work(session: Session) -> Answer:
        await insert_record(context, session, report, sorted({"status", *content}))
        if observations:
            for observation in observations:
                observation.release = report.release  # theirs is the report's
                context.trail.changed("Observation", observation.id, observation.patient_id, ["status", "code", "value"])
            # All at once: the number of commands does not depend on the number of results.
            await Observation.insert_many(observations, session=session)
        return {"record_id": report.id}

    noted = entry.noted({**content, "observations": list(results)})
    answer = await once(context, "recordLabReport", entry.key, noted, work)
    return str(answer["record_id"])


def _result(report: LabReport, place: int, content: Content) -> Observation:
    found = observed(content)
    return Observation(
        patient_id=report.patient_id,
        author_id=report.author_id,
        appointment_id=report.appointment_id,
        effective_at=report.effective_at,
        recorded_at=report.recorded_at,
        version_at=report.version_at,
        status=report.status,
        confidentiality=report.confidentiality,
        lab_report_id=report.id,
        position=place,
        **{**found, "categories": found.get("categories") or [_LABORATORY]},
    )
