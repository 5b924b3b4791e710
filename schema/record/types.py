"""Notes and documents; and which type shows which stored kind."""

from collections.abc import Callable
from typing import Any

import strawberry

import models.record as stored
from models.base import StoredDocument
from models.record import Record as RecordDocument
from models.stored_row import stored_class
from resolvers.errors import BadInput
from resolvers.pagination import Page
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.info import Info
from schema.node import read_global_id
from schema.record.base import Record
from schema.record.clinical import Allergy, Condition, Immunization, Medication, Procedure
from schema.record.results import LabReport, Observation
from schema.rights import CARE, CARE_AND_ANALYST
from schema.shown_document import READS, derived, id_as, node_of, shows


@shows(stored.ClinicalNote, id=id_as("ClinicalNote"))
@strawberry.type(description="What a provider wrote about a visit.", directives=[auth(*CARE_AND_ANALYST)])
class ClinicalNote(Record):
    text: str = strawberry.field(description="The note.", directives=[auth(*CARE)])

    @classmethod
    def from_document(cls, document: stored.ClinicalNote) -> "ClinicalNote":
        return node_of(cls, document)


@shows(
    stored.DocumentRecord,
    id=id_as("DocumentRecord"),
    file_name=derived(lambda document: document.file.name if document.file else None, "file"),
    file_size=derived(lambda document: document.file.size if document.file else None, "file"),
)
@strawberry.type(
    description="A document in the record. Imported resources without a kind of their own are here, whole in `source`.",
    directives=[auth(*CARE_AND_ANALYST)],
)
class DocumentRecord(Record):
    title: str = strawberry.field(description="What it is called.", directives=[auth(*CARE)])
    content_type: str = strawberry.field(description="Its media type.", directives=[auth(*CARE)])
    resource_type: str | None = strawberry.field(description="The FHIR resource type, where it is one.", directives=[auth(*CARE)])
    file_name: str | None = strawberry.field(description="What its file is called, if it has one.", directives=[auth(*CARE)])
    file_size: int | None = strawberry.field(description="The bytes of its file.", directives=[auth(*CARE)])
    document: strawberry.Private[stored.DocumentRecord]

    @strawberry.field(
        description="Where its file is downloaded, for five minutes and as the caller; null where it has none.",
        directives=[auth(*CARE)],
        metadata={READS: ("id", "version", "file")},
    )
    def download_url(self, info: Info) -> str | None:
        account_id = info.context.principal.account_id
        if self.document.file is None or account_id is None:
            return None
        return info.context.ports.documents.address(account_id, self.document.id, self.document.version)

    @classmethod
    def from_document(cls, document: stored.DocumentRecord) -> "DocumentRecord":
        return node_of(cls, document)


_SHOWN_AS: dict[type[StoredDocument], Callable[[Any], Record]] = {
    stored.ClinicalNote: ClinicalNote.from_document,
    stored.LabReport: LabReport.from_document,
    stored.Observation: Observation.from_document,
    stored.Condition: Condition.from_document,
    stored.Allergy: Allergy.from_document,
    stored.Medication: Medication.from_document,
    stored.Immunization: Immunization.from_document,
    stored.Procedure: Procedure.from_document,
    stored.DocumentRecord: DocumentRecord.from_document,
}

RECORD_TYPES: tuple[type[Record], ...] = (
    ClinicalNote,
    LabReport,
    Observation,
    Condition,
    Allergy,
    Medication,
    Immunization,
    Procedure,
    DocumentRecord,
)


def as_record(document: RecordDocument) -> Record:
    """The GraphQL type that shows a stored record."""
    return _SHOWN_AS[stored_class(document)](document)


def record_id_of(value: str, path: list[str]) -> str:
    """The document id behind the id of any kind of record. Raises BadInput for an id of another type."""
    found, document_id = read_global_id(value, path)
    if found not in {record_type.__name__ for record_type in RECORD_TYPES}:
        raise BadInput(f"{'.'.join(path)} is an id of type {found}, which is no record.", path)
    return document_id


async def loaded_record(info: Info, record_id: str) -> Record | None:
    """An entry after a change, as far as the caller may see it."""
    found = await info.context.loaders.records.load(record_id)
    return None if found is None else as_record(found)


@strawberry.type(description="Records, a page at a time.", directives=[auth(*CARE_AND_ANALYST)])
class RecordConnection(Connection[Record]):
    @classmethod
    def of(cls, page: Page[RecordDocument]) -> "RecordConnection":
        return cls(nodes=nodes_of(page, as_record), page=page)


@strawberry.type(description="Observations, a page at a time.", directives=[auth(*CARE_AND_ANALYST)])
class ObservationConnection(Connection[Observation]):
    @classmethod
    def of(cls, page: Page[stored.Observation]) -> "ObservationConnection":
        return cls(nodes=nodes_of(page, Observation.from_document), page=page)


@strawberry.type(description="Laboratory reports, a page at a time.", directives=[auth(*CARE_AND_ANALYST)])
class LabReportConnection(Connection[LabReport]):
    @classmethod
    def of(cls, page: Page[stored.LabReport]) -> "LabReportConnection":
        return cls(nodes=nodes_of(page, LabReport.from_document), page=page)
