"""Observations and the reports they belong to."""

from decimal import Decimal
from typing import Any

from pymongo import UpdateOne

from models.base import now
from models.record import (
    Interpretation,
    LabReport,
    Observation,
    ObservationComponent,
    ObservationValue,
    Record,
    RecordStatus,
    ReferenceRange,
)
from models.values import Quantity
from ohms_graphql.fhir.datatypes import concept, concepts, instant, period, quantity, quantity_text, required_concept
from ohms_graphql.fhir.element import Element
from ohms_graphql.fhir.index import Standing
from ohms_graphql.fhir.links import PutOff
from ohms_graphql.fhir.mapping.records import record_fields, references, times
from ohms_graphql.fhir.plan import Also, Frame, Plan

# What is not known to be final is not shown as final.
_STATUS = {status.value.lower().replace("_", "-"): status for status in RecordStatus} | {
    "partial": RecordStatus.PRELIMINARY,
    "appended": RecordStatus.AMENDED,
    "unknown": RecordStatus.PRELIMINARY,
}
_INTERPRETATION = {interpretation.value: interpretation for interpretation in Interpretation}


def map_observation(resource: Element, frame: Frame) -> Plan:
    observation = Observation(
        **record_fields(resource, frame, authors=references(resource, "performer")),
        **times(resource, ("effective",), ("issued",)),
        status=resource.required_code("status", _STATUS),
        code=required_concept(resource, "code"),
        categories=concepts(resource, "category"),
        value=_value(resource),
        components=[
            ObservationComponent(
                code=required_concept(element, "code"), value=_value(element), interpretations=_interpretations(element)
            )
            for element in resource.elements("component")
        ],
        interpretations=_interpretations(resource),
        reference_ranges=[_reference_range(element) for element in resource.elements("referenceRange")],
        **report_link(frame),
    )
    return Plan(observation)


def report_link(frame: Frame) -> dict[str, Any]:
    """The report of this import that lists the observation, and its place there. One in two reports belongs to the first read."""
    report, position = frame.links.directory.index.report_of.get(frame.key, (None, 0))
    standing = frame.links.directory.index.standing.get(report) if report else None
    if standing is Standing.PENDING and not frame.links.directory.nothing_more_comes:
        raise PutOff
    if report is None or standing is not Standing.READY:
        return {}
    return {"lab_report_id": report.document_id(frame.options.source), "position": position}


def map_report(resource: Element, frame: Frame) -> Plan:
    """Its observations point to it. Those of an earlier import, in the database already, are told here."""
    report = LabReport(
        **record_fields(resource, frame, authors=references(resource, "performer", "resultsInterpreter")),
        **times(resource, ("effective",), ("issued",)),
        status=resource.required_code("status", _STATUS),
        code=required_concept(resource, "code"),
        categories=concepts(resource, "category"),
        conclusion=resource.text("conclusion"),
    )
    also = []
    directory = frame.links.directory
    for position, holder in enumerate(resource.elements("result")):
        target = directory.find(holder.text("reference") or "")
        if target.key and target.standing and target.key not in directory.index.standing and target.key.type == "Observation":
            also.append(joins_report(target.key.document_id(frame.options.source), report.id, position))
    return Plan(report, also)


def joins_report(observation_id: str, report_id: str, position: int) -> Also:
    """An observation without a report gets one; one that has a report keeps it."""
    link = {"lab_report_id": report_id, "position": position, "updated_at": now()}
    return Also(Record, UpdateOne({"_id": observation_id, "lab_report_id": None}, {"$set": link, "$inc": {"revision": 1}}))


def _value(holder: Element) -> ObservationValue | None:
    """FHIR's value[x], of which there is at most one. What is neither number, concept, text, truth nor time is put as text.

    Why there is no value (dataAbsentReason) stays in the source.
    """
    simple = holder.element("valueQuantity")
    coded = concept(holder.element("valueCodeableConcept"))
    integer = holder.decimal("valueInteger")
    boolean = holder.boolean("valueBoolean")
    at = instant(holder, "valueDateTime")
    number = quantity(simple)
    if number is None and integer is not None:
        number = Quantity(value=integer)
    text = holder.text("valueString") or holder.text("valueTime") or quantity_text(simple) or _composed(holder)
    if number is not None:
        return ObservationValue(quantity=number)
    if coded is not None:
        return ObservationValue(concept=coded)
    if boolean is not None:
        return ObservationValue(boolean=boolean)
    if at is not None:
        return ObservationValue(at=at)
    return ObservationValue(text=text) if text else None


def _composed(holder: Element) -> str | None:
    """Ranges, ratios, periods and samples as people write them: ``1 - 5 mg/L``, ``1 : 128``."""
    for name, parts, between in (("valueRange", ("low", "high"), " - "), ("valueRatio", ("numerator", "denominator"), " : ")):
        element = holder.element(name)
        if element is not None:
            return between.join(quantity_text(element.element(part)) or "?" for part in parts)
    element = holder.element("valuePeriod")
    if element is not None:
        found = period(element)
        return " - ".join(moment.isoformat() if moment else "?" for moment in (found.start, found.end))
    element = holder.element("valueSampledData")
    return element.text("data") if element is not None else None


def _interpretations(holder: Element) -> list[Interpretation]:
    """Codes beyond the seven that OHMS acts on stay in the source."""
    codes = [coding.code for found in concepts(holder, "interpretation") for coding in found.codings]
    return [_INTERPRETATION[code] for code in codes if code in _INTERPRETATION]


def _reference_range(element: Element) -> ReferenceRange:
    low, high = element.element("low"), element.element("high")
    unit = next((text for bound in (low, high) if bound and (text := bound.text("unit") or bound.text("code"))), None)
    return ReferenceRange(low=_bound(low), high=_bound(high), unit=unit, text=element.text("text"))


def _bound(element: Element | None) -> Decimal | None:
    return element.decimal("value") if element else None
