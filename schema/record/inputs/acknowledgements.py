"""Prescribing against a known allergy, with open eyes."""

import strawberry

from resolvers.record_writing.allergy_check import AllergyAcknowledgement
from schema.node import id_of


@strawberry.input(description="An allergy that was warned of, and why the medication is recorded all the same.")
class AcknowledgedAllergyInput:
    allergy: strawberry.ID | None = strawberry.field(
        default=None, description="Which; null for one that the warning did not name."
    )
    reason: str = strawberry.field(description="Why, 3 to 500 characters.")


def acknowledged(given: list[AcknowledgedAllergyInput], path: list[str]) -> list[AllergyAcknowledgement]:
    """Raises BadInput for ids of something else."""
    return [
        AllergyAcknowledgement(allergy_id=id_of("Allergy", each.allergy, [*path, str(place), "allergy"]), reason=each.reason)
        for place, each in enumerate(given)
    ]
