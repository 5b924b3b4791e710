"""recordObservation."""

from datetime import datetime

from models.record import Observation, ObservationComponent
from resolvers.clinical_codes.checking import check_concept, check_concepts
from resolvers.clinical_codes.systems import HL7, LOINC, SNOMED_CT
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.record_writing.entry import Content, NewEntry, begin, insert
from resolvers.record_writing.measured import check_interpretations, check_ranges, check_value, interpreted

_OF_OBSERVATIONS = frozenset({LOINC, SNOMED_CT})
_OF_CATEGORIES = frozenset({HL7, LOINC, SNOMED_CT})


def check_observation(complaints: Complaints, observation: Observation, at: list[str], _instant: datetime) -> None:
    check_concept(complaints, observation.code, [*at, "code"], systems=_OF_OBSERVATIONS)
    check_concepts(complaints, observation.categories, [*at, "categories"], systems=_OF_CATEGORIES)
    if observation.value is not None:
        check_value(complaints, observation.value, observation.code.codings, [*at, "value"])
    elif not observation.components:
        complaints.add([*at, "value"], "Needs a value, or components that have one.")
    complaints.items([*at, "components"], observation.components)
    for place, component in enumerate(observation.components):
        _check_component(complaints, component, [*at, "components", str(place)])
    check_ranges(complaints, observation.reference_ranges, observation.value, [*at, "referenceRanges"])
    check_interpretations(complaints, observation.interpretations, [*at, "interpretations"])


def _check_component(complaints: Complaints, component: ObservationComponent, path: list[str]) -> None:
    check_concept(complaints, component.code, [*path, "code"], systems=_OF_OBSERVATIONS)
    if component.value is None:
        complaints.add([*path, "value"], "Needs a value.")
    else:
        check_value(complaints, component.value, component.code.codings, [*path, "value"])
    check_interpretations(complaints, component.interpretations, [*path, "interpretations"])


def observed(content: Content) -> Content:
    """With the interpretation that follows from the reference range, where none is given."""
    given = content.get("interpretations") or interpreted(content.get("value"), content.get("reference_ranges", ()))
    return {**content, "interpretations": given}


async def record_observation(context: RequestContext, entry: NewEntry, content: Content) -> str:
    """The id of the new entry. Raises as ``begin``."""
    observation = await begin(context, Observation, entry, observed(content), check_observation)
    return await insert(context, "recordObservation", entry, observation, content)
