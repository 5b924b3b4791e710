"""Deciding how a new entry is released, and telling that one has reached its patient.

Whoever inserts an entry calls ``prepare_release`` before and ``announce`` after, in the same transaction; whoever signs one calls
``announce``. What is preliminary is shown as such and not announced: a draft that its author has not signed is no result yet.
"""

from datetime import datetime, timedelta

from models.confidentiality import Confidentiality
from models.patient import Patient
from models.record import (
    ClinicalNote,
    LabReport,
    Observation,
    Record,
    RecordStatus,
    Release,
    ReleaseHold,
    ReleaseHoldReason,
)
from models.result_preferences import ResultKind, ResultPreferences
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.release.events import add_release
from resolvers.release.rows import mark_reached, part_of_report

ANNOUNCED = frozenset({RecordStatus.FINAL, RecordStatus.AMENDED, RecordStatus.CORRECTED})

_LABORATORY = "laboratory"
"""HL7 observation-category."""


async def prepare_release(context: RequestContext, session: Session, record: Record) -> None:
    """Sets ``record.release`` of an entry that is about to be inserted.

    An observation of a report has the report's. A hold that the provider asked for stays; where the patient wishes to wait longer
    than that, theirs takes its place.
    """
    report_id = part_of_report(record)
    if report_id is not None:
        report = await LabReport.get(report_id, session=session)
        if report is not None:
            record.release = report.release
        return
    asked, wished = record.release.hold, await _wished_hold(context, session, record)
    later = [hold for hold in (asked, wished) if hold is not None]
    record.release = Release(hold=max(later, key=lambda hold: hold.until, default=None))


async def announce(context: RequestContext, session: Session, record: Record, at: datetime | None = None) -> bool:
    """If the entry has reached the patient by now, and this was not told before, it is told. ``at``: since when, if not now.

    False for what is held (the end of the hold will tell), preliminary, part of a report, or never the patient's to see.
    """
    never = record.confidentiality is Confidentiality.VERY_RESTRICTED or part_of_report(record) is not None
    if never or record.status not in ANNOUNCED:
        return False
    at = at or context.access.instant
    if not await mark_reached(session, record, at, context.access.instant):
        return False
    await add_release(context, session, record.patient_id, record.id, at)
    return True


async def _wished_hold(context: RequestContext, session: Session, record: Record) -> ReleaseHold | None:
    kind = result_kind(record)
    if kind is None or record.author_id is None or record.confidentiality is Confidentiality.VERY_RESTRICTED:
        return None
    patient = await Patient.get_pymongo_collection().find_one(
        {"_id": record.patient_id}, {"result_preferences": 1}, session=session
    )
    wish = ResultPreferences.model_validate((patient or {}).get("result_preferences") or {})
    if kind not in wish.kinds:
        return None
    until = context.access.instant + timedelta(days=wish.days)
    return ReleaseHold(reason=ReleaseHoldReason.PATIENT_REQUEST, until=until, by_id=record.author_id)


def result_kind(record: Record) -> ResultKind | None:
    """As what a patient may wish to wait for it; None for what they cannot."""
    if isinstance(record, ClinicalNote):
        return ResultKind.CLINICAL_NOTE
    if isinstance(record, LabReport):
        return ResultKind.LAB_REPORT
    if isinstance(record, Observation) and _is_laboratory(record):
        return ResultKind.LAB_REPORT
    return None


def _is_laboratory(record: Observation) -> bool:
    return any(coding.code == _LABORATORY for category in record.categories for coding in category.codings)
