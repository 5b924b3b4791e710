"""Whether a medication is something that the patient is known to be allergic to: by the codes of its ingredients."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.record import AcknowledgedAllergy, Allergy, AllergyReason, Medication, MedicationStatus
from models.role import Role
from resolvers.clinical_codes.ingredients import ingredients_of
from resolvers.context import RequestContext
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.record_writing.allergy_list import standing_allergies
from resolvers.release.acting import access_as
from resolvers.user_errors import AllergyWarning, Rejected

_TAKEN = frozenset({MedicationStatus.ACTIVE, MedicationStatus.ON_HOLD, MedicationStatus.DRAFT, MedicationStatus.UNKNOWN})
"""What is over harms nobody any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyAcknowledgement:
    """``allergy_id`` None: those that the prescriber was warned of and may not see."""

    allergy_id: str | None
    reason: str


async def check_allergies(
    context: RequestContext,
    session: Session,
    medication: Medication,
    acknowledged: Sequence[AllergyAcknowledgement],
    at: Sequence[str] = (),
) -> list[AcknowledgedAllergy]:
    """The acknowledgements to store with the medication: those it has, and those of allergies that it is checked against.

    All active allergies of the patient count, also what the prescriber may not see: of that the warning says only that it is
    there. Raises Rejected with an AllergyWarning for each that is not acknowledged, ``at`` that part of the input.
    """
    before = medication.acknowledged_allergies
    if medication.request_status not in _TAKEN:
        return before
    ingredients = ingredients_of([*medication.code.codings, *medication.ingredients])
    standing = await standing_allergies(session, medication.patient_id)
    met = [allergy for allergy in standing if not ingredients.isdisjoint(ingredients_of(allergy.code.codings))]
    if not met:
        return before
    visible = await _visible(context, met)
    reasons = {given.allergy_id: given.reason for given in acknowledged}
    known = {earlier.allergy_id for earlier in before}
    open_ones = [allergy for allergy in met if _named(allergy, visible) not in known]
    unanswered = [allergy for allergy in open_ones if _named(allergy, visible) not in reasons]
    if unanswered:
        raise Rejected(*(_warning(allergy, visible, [*at, "acknowledgedAllergies"]) for allergy in unanswered))
    by_id, instant = context.principal.provider_id or "", context.access.instant
    named = dict.fromkeys(_named(allergy, visible) for allergy in open_ones)
    return before + [
        AcknowledgedAllergy(allergy_id=name, by_id=by_id, at=instant, reason=AllergyReason(reasons[name].strip()))
        for name in named
    ]


def _named(allergy: Allergy, visible: set[str]) -> str | None:
    return allergy.id if allergy.id in visible else None


async def _visible(context: RequestContext, allergies: list[Allergy]) -> set[str]:
    within = {"_id": {"$in": [allergy.id for allergy in allergies]}}
    rows = await restrict(Allergy, access_as(context, Role.PROVIDER), within)
    return set(await Allergy.get_pymongo_collection().distinct("_id", rows))


def _warning(allergy: Allergy, visible: set[str], path: list[str]) -> AllergyWarning:
    message = "The patient is allergic to an ingredient: acknowledge it with a reason, or prescribe something else."
    name = _named(allergy, visible)
    criticality = None if name is None else allergy.criticality
    return AllergyWarning(message=message, path=path, allergy_id=name, criticality=criticality)
