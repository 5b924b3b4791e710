"""Root fields about which patients are one person: for staff."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.patient_duplicates.review import duplicates_of
from resolvers.patient_merge.reading import merges_of
from schema.authorization import auth
from schema.info import Info
from schema.node import id_of
from schema.patient.duplicates import DuplicateCandidate
from schema.patient.merges import PatientMerge

OfPatient = Annotated[strawberry.ID, strawberry.argument(description="Whose.")]


@strawberry.type
class IdentityQueries:
    @strawberry.field(
        description="Other patients who may be the same person, the likeliest first, at most ten; empty for no such patient.",
        directives=[auth(Role.STAFF)],
    )
    async def possible_duplicates(self, info: Info, patient: OfPatient) -> list[DuplicateCandidate]:
        found = await duplicates_of(info.context, id_of("Patient", patient, ["patient"]) or "")
        return [DuplicateCandidate.of(candidate) for candidate in found or ()]

    @strawberry.field(
        description="The merges that a patient was part of, newest first: by the id of the kept or of the merged patient.",
        directives=[auth(Role.STAFF)],
    )
    async def patient_merges(self, info: Info, patient: OfPatient) -> list[PatientMerge]:
        found = await merges_of(info.context, id_of("Patient", patient, ["patient"]) or "")
        return [PatientMerge.from_document(merge) for merge in found]
