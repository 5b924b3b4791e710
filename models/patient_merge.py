"""Patients who were found to be one person: who was merged into whom, what moved, and how it is undone."""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.secret import SecretText
from models.value_object import ValueObject


class MergeReason(SecretText):
    place = "patient_merges.reason"


class UnmergeReason(SecretText):
    place = "patient_merges.undo.reason"


class ChangedField(ValueObject):
    """A field of a document that was set to something else than the patient's id, and is set back where it still is ``after``."""

    collection: str
    document_id: str
    field: str
    before: str | None
    after: str | None


class MergeUndo(ValueObject):
    by_id: str
    reason: UnmergeReason
    at: datetime


class PatientMerge(StoredDocument):
    """``merged_id`` became ``kept_id``. ``patient_id`` is who has it all now: a kept patient can be merged, too.

    ``merged`` is the merged patient's row as it was stored, sealed fields and all: the tombstone (FHIR R4 Patient.link,
    replaced-by), outside of the collection of patients, so that no list, count or search can find it. None once it is undone.
    ``proxies``, ``care_team`` (provider ids) and ``treated_by`` are what the kept patient got of it.
    """

    patient_id: str
    kept_id: str
    merged_id: str
    merged: dict[str, Any] | None = None
    reason: MergeReason
    by_id: str
    at: datetime
    proxies: list[str] = []
    care_team: list[str] = []
    treated_by: list[str] = []
    changed: list[ChangedField] = []
    undo: MergeUndo | None = None

    class Settings(StoredDocument.Settings):
        name = "patient_merges"
        indexes = [
            IndexModel([("patient_id", ASCENDING), ("_id", ASCENDING)], name="by_patient"),
            IndexModel([("kept_id", ASCENDING), ("_id", ASCENDING)], name="by_kept"),
            IndexModel([("at", ASCENDING)], name="by_time"),
            IndexModel([("merged_id", ASCENDING), ("_id", ASCENDING)], name="by_merged"),
            # A patient is merged into one other at a time.
            IndexModel([("merged_id", ASCENDING)], unique=True, partialFilterExpression={"undo": None}, name="merged_unique"),
        ]


class MergeMoves(StoredDocument):
    """Some of the documents of one collection that a merge has moved.

    ``ids`` were given to the kept patient. ``rows`` were taken out whole: the merged patient's busy days, and what the kept
    patient has already and can have but once. ``made`` are busy days that the kept patient did not have.
    """

    merge_id: str
    collection: str
    ids: list[str] = []
    rows: list[dict[str, Any]] = []
    made: list[str] = []

    class Settings(StoredDocument.Settings):
        name = "merge_moves"
        indexes = [IndexModel([("merge_id", ASCENDING), ("_id", ASCENDING)], name="by_merge")]
