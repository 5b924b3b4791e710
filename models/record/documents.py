"""Notes and documents."""

from datetime import datetime

from models.record.base import Record


class ClinicalNote(Record):
    """What a provider wrote about a visit. ``code`` is the kind of note (LOINC)."""

    text: str
    signed_at: datetime | None = None


class DocumentRecord(Record):
    """A document in the record. Imported resources without a kind of their own are kept whole in ``source``.

    ``content_type`` is a media type; ``resource_type`` names the FHIR resource where it is one.
    """

    title: str
    content_type: str
    resource_type: str | None = None
