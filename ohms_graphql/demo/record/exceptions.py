"""The few records that are not as usual: held back, preliminary, critical, corrected, on the wrong patient."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from models.record import (
    ClinicalNote,
    Condition,
    ConditionStatus,
    Confidentiality,
    LabReport,
    Observation,
    Record,
    RecordChange,
    RecordStatus,
    RecordVersion,
    Release,
    ReleaseHold,
    ReleaseHoldReason,
)
from models.record.base import ChangeReason
from models.record.documents import NoteText
from models.record.results import Conclusion
from models.values import AdministrativeGender
from ohms_graphql.demo.cast import SHOWCASE_PATIENT_ID, demo_id
from ohms_graphql.demo.data.laboratory import GLUCOSE, HEMOGLOBIN, POTASSIUM, LabTest
from ohms_graphql.demo.record.measurements import quantity
from resolvers.records import CLASS_IDS

_CRITICAL = ((POTASSIUM, Decimal("6.8")), (HEMOGLOBIN, Decimal("6.4")), (GLUCOSE, Decimal(41)))
_HOLDS = ((ReleaseHoldReason.RISK_OF_HARM, timedelta(days=3)), (ReleaseHoldReason.STATE_LAW, timedelta(days=10)))
"""Reasons, and how long after the anchor they end."""
_LONG_AGO = timedelta(days=25)


def make_exceptions(records: list[Record], anchor: datetime) -> list[RecordVersion]:
    """Changes some of the newest records in place; gives the versions that were before."""
    reports = _newest([record for record in records if isinstance(record, LabReport) and record.status is RecordStatus.FINAL])
    results: dict[str, list[Observation]] = {}
    for record in records:
        if isinstance(record, Observation) and record.lab_report_id:
            results.setdefault(record.lab_report_id, []).append(record)
    for report in islice(reports, 2):
        _preliminary(report, results[report.id])
    for (reason, more), report in zip(_HOLDS, islice(reports, len(_HOLDS)), strict=True):
        _hold(report, results[report.id], reason, anchor + more)
    for test, value in _CRITICAL:
        _critical(reports, results, test, value)
    ended = next(report for report in reports if report.recorded_at < anchor - _LONG_AGO)
    _hold(ended, results[ended.id], ReleaseHoldReason.PATIENT_REQUEST, ended.recorded_at + timedelta(days=7), over=True)
    return [*_corrected(reports, results, anchor), *_amended(records, anchor), *_on_the_wrong_patient(records, anchor)]


def _newest(reports: list[LabReport]) -> Iterator[LabReport]:
    """Newest first, and each only once; the showcase patient's are left alone, so that their page is an ordinary one."""
    ordered = sorted(reports, key=lambda report: (report.recorded_at, report.id), reverse=True)
    return (report for report in ordered if report.patient_id != SHOWCASE_PATIENT_ID)


def _preliminary(report: LabReport, results: list[Observation]) -> None:
    report.conclusion = None
    for record in (report, *results):
        record.status = RecordStatus.PRELIMINARY


def _hold(
    report: LabReport, results: list[Observation], reason: ReleaseHoldReason, until: datetime, *, over: bool = False
) -> None:
    """A hold that is over has ended by itself: it leaves its mark, and the time of release."""
    hold = ReleaseHold(reason=reason, until=until, by_id=report.author_id or "")
    for record in (report, *results):
        record.release = Release(at=until if over else None, hold=hold)


def _critical(reports: Iterator[LabReport], results: dict[str, list[Observation]], test: LabTest, value: Decimal) -> None:
    """Beyond the bounds at which somebody has to be called."""
    for report in reports:
        for result in results[report.id]:
            if result.code == test.code:
                result.value = quantity(test, value)
                result.interpretations = [test.interpretation(value, AdministrativeGender.UNKNOWN)]
                report.conclusion = Conclusion(f"Critical: {test.code.text}.")
                return


def _corrected(reports: Iterator[LabReport], results: dict[str, list[Observation]], anchor: datetime) -> Iterator[RecordVersion]:
    """A misplaced point: the first version had a tenth of the value."""
    for report in reports:
        for result in results[report.id]:
            if result.code == GLUCOSE.code and result.value and result.value.quantity:
                right, flags = result.value, list(result.interpretations)
                wrong = result.value.quantity.value / 10
                result.value = quantity(GLUCOSE, wrong)
                result.interpretations = [GLUCOSE.interpretation(wrong, AdministrativeGender.UNKNOWN)]
                at = min(anchor, result.recorded_at + timedelta(hours=5))
                yield _changed(result, RecordStatus.CORRECTED, at, "A point was misplaced.")
                result.value, result.interpretations = right, flags
                return


def _amended(records: list[Record], anchor: datetime) -> Iterator[RecordVersion]:
    notes = [
        record
        for record in records
        if isinstance(record, ClinicalNote)
        and record.confidentiality is Confidentiality.NORMAL
        and record.recorded_at < anchor - timedelta(days=20)
    ]
    for note in sorted(notes, key=lambda note: (note.recorded_at, note.id))[-3:]:
        at = note.recorded_at + timedelta(days=2)
        yield _changed(note, RecordStatus.AMENDED, at, "Called two days later.")
        note.text = NoteText(f"{note.text}\n\nAddendum: called two days later, feels well; the plan stands.")


def _on_the_wrong_patient(records: list[Record], anchor: datetime) -> Iterator[RecordVersion]:
    """Written into the wrong chart and taken out again: gone from the portal, kept in the history."""
    wrong = next(
        record
        for record in records
        if isinstance(record, Condition)
        and record.clinical_status is ConditionStatus.ACTIVE
        and record.recorded_at < anchor - timedelta(days=20)
        and record.patient_id != SHOWCASE_PATIENT_ID
    )
    mistake = wrong.model_copy(
        update={"id": demo_id("Record", "wrong-patient"), "patient_id": demo_id("Patient", 11), "appointment_id": None}
    )
    mistake.created_at = mistake.updated_at = mistake.recorded_at = anchor - timedelta(days=15, hours=4)
    mistake.release = Release(at=mistake.recorded_at)
    records.append(mistake)
    yield _changed(mistake, RecordStatus.ENTERED_IN_ERROR, anchor - timedelta(days=14, hours=2), "The wrong patient.")


def _changed(record: Record, status: RecordStatus, at: datetime, reason: str) -> RecordVersion:
    """The version that was, kept as it was stored; ``record`` becomes the next."""
    earlier = RecordVersion(
        id=demo_id("RecordVersion", f"{record.id}-{record.version}"),
        created_at=at,
        updated_at=at,
        record_id=record.id,
        patient_id=record.patient_id,
        version=record.version,
        document=_as_it_is(record),
    )
    record.status, record.version = status, record.version + 1
    record.version_at, record.change = at, RecordChange(by_provider_id=record.author_id, reason=ChangeReason(reason))
    record.revision, record.updated_at = record.revision + 1, at
    return earlier


def _as_it_is(record: Record) -> dict[str, Any]:
    """Its fields as they are stored; what is secret is encrypted when the version is written, with the keys of its database."""
    fields = {"_id" if name == "id" else name: value for name, value in record}
    return {"_class_id": CLASS_IDS[type(record)], **fields}
