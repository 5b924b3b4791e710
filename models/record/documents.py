"""Notes and documents."""

from datetime import datetime

from models.record.base import Record
from models.secret import SecretText


class NoteText(SecretText):
    place = "records.text"


class DocumentTitle(SecretText):
    place = "records.title"


class ClinicalNote(Record):
    """What a provider wrote about a visit. ``code`` is the kind of note (LOINC)."""

    text: NoteText
    signed_at: datetime | None = None


class DocumentRecord(Record):
    """A document in the record. Imported resources without a kind of their own are kept whole in ``source``.

    ``content_type`` is a media type; ``resource_type`` names the FHIR resource where it is one.
    """

    title: DocumentTitle
    content_type: str
    resource_type: str | None = None
