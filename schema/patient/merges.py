"""Merges of patients, for staff."""

from datetime import date, datetime
from typing import Any

import strawberry
from beanie.odm.utils.parsing import parse_obj

from models.patient import Patient as PatientDocument
from models.patient_merge import PatientMerge as MergeDocument
from models.role import Role
from schema.account.types import Account
from schema.authorization import auth
from schema.info import Info
from schema.node import Node, global_id
from schema.patient.types import Patient
from schema.values import HumanName, shown


@strawberry.type(description="Who a patient was before they were merged into another.", directives=[auth(Role.STAFF)])
class FormerPatient:
    mrn: str = strawberry.field(description="The medical record number, by which the kept patient is found now.")
    name: HumanName = strawberry.field(description="The name.")
    birth_date: date | None = strawberry.field(description="When they were born.")


@strawberry.type(
    description="That one patient became part of another, and how it ended: FHIR R4's Patient.link, replaced-by.",
    directives=[auth(Role.STAFF)],
)
class PatientMerge(Node):
    at: datetime = strawberry.field(description="When.")
    reason: str = strawberry.field(description="Why, in the words of who did it.")
    former: FormerPatient | None = strawberry.field(description="Who was merged; null once it is undone.")
    undone_at: datetime | None = strawberry.field(description="When it was undone; null while it holds.")
    undo_reason: str | None = strawberry.field(description="Why it was undone.")
    document: strawberry.Private[MergeDocument]

    @strawberry.field(description="The patient who has everything now; after it is undone, the one who was kept.")
    async def kept(self, info: Info) -> Patient | None:
        found: PatientDocument | None = await info.context.loaders.patients.load(self.document.patient_id)
        return None if found is None else Patient.from_document(found)

    @strawberry.field(description="The merged patient, once it is undone; null while there is no such patient any more.")
    async def merged(self, info: Info) -> Patient | None:
        if self.document.undo is None:
            return None
        found: PatientDocument | None = await info.context.loaders.patients.load(self.document.merged_id)
        return None if found is None else Patient.from_document(found)

    @strawberry.field(description="Who did it; null for callers who may not see the account.")
    async def by(self, info: Info) -> Account | None:
        found = await info.context.loaders.accounts.load(self.document.by_id)
        return None if found is None else Account.from_document(found)

    @classmethod
    def from_document(cls, document: MergeDocument) -> "PatientMerge":
        undo = document.undo
        return cls(
            id=global_id("PatientMerge", document.id),
            at=document.at,
            reason=document.reason,
            former=None if document.merged is None else _former(document.merged),
            undone_at=undo.at if undo else None,
            undo_reason=undo.reason if undo else None,
            document=document,
        )


def _former(row: dict[str, Any]) -> FormerPatient:
    patient: PatientDocument = parse_obj(PatientDocument, row)  # type: ignore[assignment]  # it is untyped
    return FormerPatient(mrn=patient.mrn, name=shown(patient.name), birth_date=patient.birth_date)
