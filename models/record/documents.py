"""Notes and documents."""

from models.record.base import Record
from models.secret import SecretText
from models.value_object import ValueObject


class NoteText(SecretText):
    place = "records.text"


class DocumentTitle(SecretText):
    place = "records.title"


class FileName(SecretText):
    place = "records.file.name"


class FileDigest(SecretText):
    place = "records.file.sha256"


class DocumentFile(ValueObject):
    """A file in the store of documents. ``size`` is in bytes, ``sha256`` in hexadecimal digits; both of the plain file.

    The digest is kept secret as well: that of a known form tells which form it is.
    """

    file_id: str
    size: int
    name: FileName
    sha256: FileDigest


class ClinicalNote(Record):
    """What a provider wrote about a visit. ``code`` is the kind of note (LOINC)."""

    text: NoteText


class DocumentRecord(Record):
    """A document in the record. Imported resources without a kind of their own are kept whole in ``source``.

    ``content_type`` is a media type; ``resource_type`` names the FHIR resource where it is one; ``file`` is there where a file
    was uploaded. ``coverage_id``: a picture of that coverage's insurance card, which the front desk may see.
    """

    title: DocumentTitle
    content_type: str
    resource_type: str | None = None
    file: DocumentFile | None = None
    coverage_id: str | None = None
