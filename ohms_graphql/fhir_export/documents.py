"""Notes and documents, as references to what was written."""

import base64

from models.record import ClinicalNote, DocumentRecord, Record, RecordStatus
from ohms_graphql.fhir_export.names import Names
from ohms_graphql.fhir_export.parts import Part, Parts
from ohms_graphql.fhir_export.values import concept, instant, present

_UNSIGNED = frozenset({RecordStatus.REGISTERED, RecordStatus.PRELIMINARY})
_DOCUMENT_STATUS = {
    RecordStatus.REGISTERED: "preliminary",
    RecordStatus.PRELIMINARY: "preliminary",
    RecordStatus.AMENDED: "amended",
    RecordStatus.CORRECTED: "amended",
    RecordStatus.ENTERED_IN_ERROR: "entered-in-error",
}


def note_parts(note: ClinicalNote, names: Names) -> Parts:
    yield from _shared(note, names)
    content = base64.b64encode(str(note.text).encode()).decode()
    attachment = {"contentType": "text/plain; charset=utf-8", "data": content, "creation": instant(note.recorded_at)}
    yield Part(("text",), {"content": [{"attachment": present(attachment)}]})


def document_parts(document: DocumentRecord, names: Names) -> Parts:
    """What a file is, and how to tell it: the file itself is not in the resource."""
    yield from _shared(document, names)
    file = document.file
    attachment = {
        "contentType": document.content_type,
        "title": str(document.title),
        "size": file.size if file else None,
        "creation": instant(document.recorded_at),
    }
    told = [{"url": "urn:ohms:sha256", "valueString": str(file.sha256)}] if file else None
    yield Part(("title", "content_type", "file"), {"content": [{"attachment": present({"extension": told, **attachment})}]})


def _shared(record: Record, names: Names) -> Parts:
    wrong = record.status is RecordStatus.ENTERED_IN_ERROR
    yield Part(("status",), {"status": "entered-in-error" if wrong else "current"})
    yield Part((), {"docStatus": _DOCUMENT_STATUS.get(record.status, "final")})
    yield Part(("code",), {"type": concept(record.code)})
    yield Part(("patient_id",), {"subject": names.reference(record.patient_id, "Patient")})
    yield Part(("recorded_at",), {"date": instant(record.recorded_at)})
    author = names.reference(record.author_id, "Practitioner")
    yield Part(("author_id",), {"author": [author] if author else None})
    visit = names.reference(record.appointment_id, "Encounter")
    when = {"start": instant(record.effective_at)} if record.effective_at else None
    yield Part(
        ("appointment_id", "effective_at"), {"context": present({"encounter": [visit] if visit else None, "period": when})}
    )
