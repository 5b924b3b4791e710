"""uploadDocument."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.record import Confidentiality
from models.record import DocumentRecord as StoredDocument
from models.role import Role
from resolvers.documents.document_types import USUAL_CODE
from resolvers.documents.uploading import NewDocument, upload_document
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import global_id, id_of
from schema.record.types import DocumentRecord
from schema.rights import CARE
from schema.scalars import Upload


@strawberry.input(description="A document for the record of a patient.")
class UploadDocumentInput:
    patient: strawberry.ID = strawberry.field(description="Whose record.")
    file: Upload = strawberry.field(description="PDF, JPEG, PNG, TIFF, DICOM, plain text, CDA or FHIR JSON, by its content.")
    title: str = strawberry.field(description="What it is called: at most 200 characters.")
    code: str = strawberry.field(
        default=USUAL_CODE, description="A LOINC document type; 34133-9 is a summary, 64290-0 an insurance card."
    )
    effective_at: datetime | None = strawberry.field(default=None, description="Of when it is; now when not given.")
    appointment: strawberry.ID | None = strawberry.field(default=None, description="The visit it belongs to.")
    confidentiality: Confidentiality = strawberry.field(
        default=Confidentiality.NORMAL,
        description="How closely it is kept. Proxies add what is NORMAL, providers alone what is VERY_RESTRICTED.",
    )
    coverage: strawberry.ID | None = strawberry.field(
        default=None, description="The coverage whose insurance card it shows: the front desk may see it (Coverage.cardPictures)."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key and input, file included, give one answer."
    )


@strawberry.type(description="The document as it is in the record, or why not.")
class UploadDocumentPayload:
    id: strawberry.ID | None = strawberry.field(default=None, description="Its id: all that the front desk gets of it.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")
    record_id: strawberry.Private[str | None] = None

    @strawberry.field(description="The new entry of the record.", directives=[auth(*CARE)])
    async def document(self, info: Info) -> DocumentRecord | None:
        found = None if self.record_id is None else await info.context.loaders.records.load(self.record_id)
        return DocumentRecord.from_document(found) if isinstance(found, StoredDocument) else None


@strawberry.type
class UploadDocument:
    @strawberry.mutation(
        description="Adds a document to a record: providers for patients under their care, patients to their own, proxies for "
        "RECORDS to the patient's, staff what they scan at the desk. Sent by POST as multipart/form-data (GraphQL multipart "
        "request specification): operations, map, then one file.",
        directives=[auth(Role.PATIENT, Role.PROVIDER, Role.STAFF)],
    )
    async def upload_document(
        self, info: Info, input: Annotated[UploadDocumentInput, strawberry.argument(description="The input.")]
    ) -> UploadDocumentPayload:
        wish = NewDocument(
            patient_id=id_of("Patient", input.patient, ["input", "patient"]) or "",
            title=input.title,
            code=input.code,
            effective_at=input.effective_at,
            appointment_id=id_of("Appointment", input.appointment, ["input", "appointment"]),
            confidentiality=input.confidentiality,
            coverage_id=id_of("Coverage", input.coverage, ["input", "coverage"]),
        )
        try:
            record_id = await upload_document(info.context, wish, input.file, input.idempotency_key)
        except Rejected as rejection:
            return UploadDocumentPayload(errors=shown_errors(rejection))
        return UploadDocumentPayload(id=global_id("DocumentRecord", record_id), errors=[], record_id=record_id)
