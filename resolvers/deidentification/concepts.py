"""Coded values without the words around them."""

import re
from collections.abc import Sequence
from decimal import Decimal

from models.money import Money
from models.record import ObservationComponent, ObservationValue, ReferenceRange
from models.record.results import ComponentValue
from models.values import CodeableConcept, Coding, Quantity
from resolvers.deidentification.years import OLDEST, Years

# Published code systems. A code of any other may be a clinic's own, and somebody's number.
_PUBLISHED = (
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://hl7.org/fhir/sid/",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://www.ama-assn.org/go/cpt",
    "http://unitsofmeasure.org",
    "http://terminology.hl7.org/CodeSystem/",
    "https://bluebutton.cms.gov/resources/codesystem/",
)
_UCUM = re.compile(r"[A-Za-z0-9%/*.\[\]{}_^'()+-]{1,30}", re.ASCII)
_YEARS = frozenset({"a", "a_j", "a_g", "a_t"})
# Ages by LOINC: reported, calculated, estimated, without more words.
_AGES = frozenset({"30525-0", "21612-7", "29553-5", "21611-9", "63900-5", "35659-2"})


def coded(concept: CodeableConcept) -> CodeableConcept:
    """The codes of published systems; the text is what they mean, never what somebody wrote."""
    codings = [
        Coding.model_construct(system=coding.system, code=coding.code, display=coding.display)
        for coding in concept.codings
        if coding.system.startswith(_PUBLISHED)
    ]
    return CodeableConcept.model_construct(text=next((found.display for found in codings if found.display), ""), codings=codings)


def all_coded(concepts: Sequence[CodeableConcept]) -> list[CodeableConcept]:
    return [coded(concept) for concept in concepts]


def coded_or_none(concept: CodeableConcept | None) -> CodeableConcept | None:
    return None if concept is None else coded(concept)


def amount(money: Money) -> Money:
    return Money.model_construct(minor_units=money.minor_units, currency=money.currency)


def amount_or_none(money: Money | None) -> Money | None:
    return None if money is None else amount(money)


def tells_age(code: CodeableConcept) -> bool:
    """Whether an observation is of somebody's age: that one says more than the age group."""
    return any(coding.code in _AGES for coding in code.codings)


def value_of(code: CodeableConcept, value: ObservationValue | None, years: Years) -> ObservationValue | None:
    """A measured amount or a coded answer; words are left out."""
    if value is None or tells_age(code):
        return None
    return ObservationValue.model_construct(
        quantity=_quantity(value.quantity),
        concept=coded_or_none(value.concept),
        text=None,
        boolean=value.boolean,
        at=years.of(value.at),
    )


def _quantity(quantity: Quantity | None) -> Quantity | None:
    if quantity is None or (quantity.code in _YEARS and quantity.value > OLDEST):
        return None
    unit = quantity.code if quantity.code is not None and _UCUM.fullmatch(quantity.code) else None
    return Quantity.model_construct(value=Decimal(quantity.value), unit=unit or "", code=unit)


def component_of(component: ObservationComponent, years: Years) -> ObservationComponent:
    found = value_of(component.code, component.value, years)
    return ObservationComponent.model_construct(
        code=coded(component.code),
        value=None if found is None else ComponentValue.model_construct(**dict(found)),
        interpretations=list(component.interpretations),
    )


def range_of(reference: ReferenceRange) -> ReferenceRange:
    """Without its unit, which is text: it is that of the value."""
    return ReferenceRange.model_construct(low=reference.low, high=reference.high, unit=None, text=None)
