"""Conditions and what is taken for them, and allergies."""

from datetime import timedelta
from typing import Any

from models.record import (
    Allergy,
    AllergyCriticality,
    AllergyStatus,
    Condition,
    ConditionStatus,
    Medication,
    MedicationStatus,
    Procedure,
    Reaction,
    ReactionSeverity,
)
from models.values import Period
from ohms_graphql.demo.cast import chance
from ohms_graphql.demo.data.codes import snomed
from ohms_graphql.demo.data.illness import Illness
from ohms_graphql.demo.data.prevention import NO_KNOWN_ALLERGIES, Allergen
from ohms_graphql.demo.outcomes import Kept
from ohms_graphql.demo.profiles import Problem
from ohms_graphql.demo.record.chart import Chart

_SEVERITIES = {
    ReactionSeverity.MILD: snomed("Mild", "255604002"),
    ReactionSeverity.MODERATE: snomed("Moderate", "6736007"),
}


def write_problems(chart: Chart) -> None:
    """What the patient has had for long; of a new patient it is written down at the first visit."""
    first = chart.visits[0] if chart.visits else None
    for problem in chart.profile.problems:
        luck = chance("condition", chart.patient.mrn, problem.illness.key)
        fields: dict[str, Any] = {
            "code": problem.illness.code,
            "clinical_status": _status(problem),
            "onset_at": problem.began,
            "abated_at": problem.ended,
            "severity": luck.choice([None, None, *_SEVERITIES.values()]),
            "confidentiality": problem.illness.confidentiality,
        }
        if first is not None and chart.patient.created_at > problem.began and first.visit.kind.key == "new":
            chart.at_visit(Condition, first, **fields)
        else:
            chart.from_before(Condition, problem.began, **fields)
        _medication(chart, problem, first)


def _status(problem: Problem) -> ConditionStatus:
    """FHIR con-4: what has abated is inactive, resolved or in remission."""
    if problem.ended is None:
        return ConditionStatus.ACTIVE
    lasting = {"depression", "alcohol"}
    return ConditionStatus.REMISSION if problem.illness.key in lasting else ConditionStatus.RESOLVED


def _medication(chart: Chart, problem: Problem, first: Kept | None) -> None:
    """Prescribed when the illness came, and anew at the first visit of the window."""
    drug = problem.illness.first_choice(chart.profile.person.age, penicillin_allergy=chart.profile.penicillin_allergy)
    if drug is None:
        return
    fields: dict[str, Any] = {
        "code": drug.code,
        "dosage": drug.dosage,
        "reasons": [problem.illness.code],
        "confidentiality": problem.illness.confidentiality,
    }
    if problem.ended is not None:
        chart.from_before(Medication, problem.began, request_status=MedicationStatus.STOPPED, **fields)
    elif first is None:
        chart.from_before(Medication, problem.began, request_status=MedicationStatus.ACTIVE, **fields)
    else:
        chart.from_before(Medication, problem.began, request_status=MedicationStatus.COMPLETED, **fields)
        chart.at_visit(Medication, first, request_status=MedicationStatus.ACTIVE, **fields)


def write_illness_of_visit(chart: Chart, kept: Kept, illness: Illness) -> None:
    """What came days before the visit, and has healed by now or not."""
    if illness.heals_in_days is None:
        return
    luck = chance("acute", kept.visit.number)
    healed = kept.visit.start + timedelta(days=illness.heals_in_days + luck.randrange(4))
    over = healed <= chart.anchor
    chart.at_visit(
        Condition,
        kept,
        code=illness.code,
        clinical_status=ConditionStatus.RESOLVED if over else ConditionStatus.ACTIVE,
        onset_at=kept.visit.start - timedelta(days=luck.randrange(1, 4)),
        abated_at=healed if over else None,
    )
    age = chart.profile.person.age_on(kept.visit.start.date())
    drug = illness.first_choice(age, penicillin_allergy=chart.profile.penicillin_allergy)
    if drug is not None:
        status = MedicationStatus.COMPLETED if over else MedicationStatus.ACTIVE
        chart.at_visit(Medication, kept, code=drug.code, dosage=drug.dosage, reasons=[illness.code], request_status=status)


def write_examination(chart: Chart, kept: Kept, illness: Illness) -> None:
    """The examination that belongs to an illness, at every other visit about it in person."""
    if illness.procedure is None or not kept.visit.kind.in_person or chance("examination", kept.visit.number).random() < 0.5:
        return
    begins = kept.visit.start + timedelta(minutes=5)
    performed = Period(start=begins, end=begins + timedelta(minutes=10))
    chart.at_visit(Procedure, kept, code=illness.procedure, performed=performed, reasons=[illness.code])


def write_allergies(chart: Chart) -> None:
    """ "No known allergies" is said, not left to an empty list."""
    asked = chart.patient.created_at
    if not chart.profile.allergies:
        chart.from_before(Allergy, asked, code=NO_KNOWN_ALLERGIES, clinical_status=AllergyStatus.ACTIVE)
    for allergen in chart.profile.allergies:
        _allergy(chart, allergen)


def _allergy(chart: Chart, allergen: Allergen) -> None:
    luck = chance("allergy", chart.patient.mrn, allergen.code.text)
    severity = luck.choice(list(ReactionSeverity) if allergen.severe else [ReactionSeverity.MILD, ReactionSeverity.MODERATE])
    months = luck.randrange(2, max(3, min(chart.profile.person.age, 20) * 12))
    began = chart.patient.created_at - timedelta(days=30 * months)
    outgrown = allergen.outgrown and chart.profile.person.age > 6
    chart.from_before(
        Allergy,
        chart.patient.created_at,
        code=allergen.code,
        clinical_status=AllergyStatus.RESOLVED if outgrown else AllergyStatus.ACTIVE,
        criticality=AllergyCriticality.HIGH if allergen.severe else AllergyCriticality.LOW,
        categories=[allergen.category],
        reactions=[Reaction(manifestations=[luck.choice(allergen.reactions)], severity=severity, onset_at=began)],
        onset_at=began,
    )
