"""Notes and documents; and which type shows which stored kind."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import strawberry
from beanie.odm.utils.parsing import parse_obj

import models.record as stored
from models.record import Record as RecordDocument
from resolvers.pagination import Page
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.record.base import Record, shared_fields
from schema.record.clinical import Allergy, Condition, Immunization, Medication, Procedure
from schema.record.results import LabReport, Observation
from schema.rights import CARE, CARE_AND_ANALYST


@strawberry.type(description="What a provider wrote about a visit.", directives=[auth(*CARE_AND_ANALYST)])
class ClinicalNote(Record):
    text: str = strawberry.field(description="The note.", directives=[auth(*CARE)])
    signed_at: datetime | None = strawberry.field(description="When its author signed it.", directives=[auth(*CARE)])

    @classmethod
    def from_document(cls, document: stored.ClinicalNote) -> "ClinicalNote":
        return cls(**shared_fields("ClinicalNote", document), text=document.text, signed_at=document.signed_at)


@strawberry.type(
    description="A document in the record. Imported resources without a kind of their own are here, whole in `source`.",
    directives=[auth(*CARE_AND_ANALYST)],
)
class DocumentRecord(Record):
    title: str = strawberry.field(description="What it is called.", directives=[auth(*CARE)])
    content_type: str = strawberry.field(description="Its media type.", directives=[auth(*CARE)])
    resource_type: str | None = strawberry.field(description="The FHIR resource type, where it is one.", directives=[auth(*CARE)])

    @classmethod
    def from_document(cls, document: stored.DocumentRecord) -> "DocumentRecord":
        return cls(
            **shared_fields("DocumentRecord", document),
            title=document.title,
            content_type=document.content_type,
            resource_type=document.resource_type,
        )


_SHOWN_AS: dict[type[RecordDocument], Callable[[Any], Record]] = {
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
    return _SHOWN_AS[type(document)](document)


def as_stored_record(version: stored.RecordVersion) -> RecordDocument:
    """An earlier version as the document it was."""
    return cast("RecordDocument", parse_obj(RecordDocument, version.document))


@strawberry.type(description="Records, a page at a time.", directives=[auth(*CARE_AND_ANALYST)])
class RecordConnection(Connection[Record]):
    @classmethod
    def of(cls, page: Page[RecordDocument]) -> "RecordConnection":
        return cls(nodes=nodes_of(page, as_record), page=page)


@strawberry.type(description="Laboratory reports, a page at a time.", directives=[auth(*CARE_AND_ANALYST)])
class LabReportConnection(Connection[LabReport]):
    @classmethod
    def of(cls, page: Page[stored.LabReport]) -> "LabReportConnection":
        return cls(nodes=nodes_of(page, LabReport.from_document), page=page)
