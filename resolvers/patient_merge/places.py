"""Where a patient is named: found by walking all documents, so that a new one is not forgotten."""

from functools import lru_cache

from models import DOCUMENTS
from models.appointment import Appointment
from models.audit_event import AuditEvent
from models.base import StoredDocument
from models.coverage import Coverage, EligibilityCheck
from models.invoice import Invoice
from models.record import Record, RecordVersion
from models.record_release_event import RecordRelease, ReleaseFeed

Kind = type[StoredDocument]

ALSO_THERE: dict[Kind, tuple[str, ...]] = {RecordVersion: ("document.patient_id",)}
"""Further fields of a document that name the patient: a version keeps the record whole."""

SET_ASIDE: dict[Kind, str] = {RecordRelease: "patient_id", ReleaseFeed: "_id"}
"""Documents that number something for one patient, without gaps, and the field that names whose. Two such rows cannot be joined:
the merged patient's are kept with the merge. They tell of what has been told already."""

NEVER_MOVED: frozenset[Kind] = frozenset({AuditEvent, *SET_ASIDE})
"""The trail is never rewritten: reading it follows the merge (``resolvers.patient_merge.reading``)."""

_PARENTS: dict[str, Kind] = {
    "appointment_id": Appointment,
    "record_id": Record,
    "lab_report_id": Record,
    "invoice_id": Invoice,
    "credits_invoice_id": Invoice,
}


@lru_cache(maxsize=1)
def moved_documents() -> tuple[Kind, ...]:
    """The root class of each collection whose rows name their patient in ``patient_id``, parents before their parts."""
    named = [document for document in DOCUMENTS if "patient_id" in document.model_fields and document not in NEVER_MOVED]
    roots = {
        document.get_collection_name(): document for document in reversed(named)
    }  # a kind of record has its root's collection
    return tuple(sorted(roots.values(), key=lambda document: (_depth(document), document.__name__)))


def parents_of(document: Kind) -> dict[str, Kind]:
    """The fields by which rows belong to something that has moved: what is written about it is of the same patient."""
    fields = {name for kind in DOCUMENTS if issubclass(kind, document) for name in kind.model_fields}
    own = {name: parent for name, parent in _PARENTS.items() if name in fields}
    return {**own, "coverage_id": Coverage} if document is EligibilityCheck else own


def _depth(document: Kind) -> int:
    return 1 + max((_depth(parent) for parent in parents_of(document).values() if parent is not document), default=0)
