"""uploadDocument: who may add a document to whose record, and doing it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.confidentiality import Confidentiality
from models.identity import new_id
from models.patient import Patient, ProxyScope
from models.record import DocumentRecord, RecordStatus, Release
from models.record.documents import DocumentFile, DocumentTitle, FileDigest, FileName
from models.role import Role
from resolvers.clinical_codes.systems import is_loinc
from resolvers.context import RequestContext
from resolvers.documents.document_types import USUAL_CODE, document_type
from resolvers.documents.incoming_file import IncomingFile
from resolvers.documents.receiving import ReceivedFile, received
from resolvers.documents.uploads import keep_file
from resolvers.idempotency import Answer, once
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.record_writing.new_record import insert_record
from resolvers.throttling import Limit, count_attempt
from resolvers.user_errors import InvalidInput, NotFound, Rejected, UserError

MAX_TITLE = 200
UPLOADS_OF_PATIENTS = 60
"""In a quarter of an hour, by patients and proxies."""

_EARLIEST_AHEAD = timedelta(minutes=5)
"""Clocks differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """``code`` is a LOINC document type. ``coverage_id``: a picture of that coverage's card."""

    patient_id: str
    title: str
    code: str = USUAL_CODE
    effective_at: datetime | None = None
    appointment_id: str | None = None
    confidentiality: Confidentiality = Confidentiality.NORMAL
    coverage_id: str | None = None


async def upload_document(context: RequestContext, wish: NewDocument, file: IncomingFile, key: str | None) -> str:
    """The id of the new record. Nothing of the file is read before all else is found good.

    Providers add to the records of patients under their care, patients to their own, proxies for RECORDS to the patient's, and
    staff scan what is brought to the desk: they get the id, and do not see the document again (docs/decisions/0033).

    Raises Rejected: NotFound for a patient or visit that is not there or not the caller's, InvalidInput for fields and for a file
    of a kind or size that is not taken, TooManyAttempts; BrokenUpload when the file does not come whole.
    """
    levels = await _levels(context, wish.patient_id)
    if not levels:
        raise Rejected(NotFound(message="No such patient.", path=["patient"]))
    await _check(context, wish, levels)
    await _slow_down(context)
    async with received(context.ports.documents, file) as stored:
        record_id = new_id()

        async def work(session: Session) -> Answer:
            await keep_file(stored.file_id, session)
            record = _record(context, record_id, wish, stored)
            brought_by_the_patient = wish.patient_id in context.access.own
            await insert_record(context, session, record, ["title", "code", "file"], tell=not brought_by_the_patient)
            return {"record_id": record_id}

        noted = {
            "patient": wish.patient_id,
            "title": wish.title,
            "code": wish.code,
            "effective_at": wish.effective_at,
            "appointment": wish.appointment_id,
            "confidentiality": wish.confidentiality.value,
            "coverage": wish.coverage_id,
            "file": stored.sha256,
        }
        answer = await once(context, "uploadDocument", key, noted, work)
    return str(answer["record_id"])


_ORDINARY = frozenset({Confidentiality.NORMAL})
_UP_TO_RESTRICTED = frozenset({Confidentiality.NORMAL, Confidentiality.RESTRICTED})
_ALL = frozenset(Confidentiality)


async def _levels(context: RequestContext, patient_id: str) -> frozenset[Confidentiality]:
    """How confidential a document the caller may add to the patient's record; none where there is nothing to add to.

    Nobody adds what they could not keep: psychotherapy notes are their author's, what is restricted is not a proxy's.
    """
    access = context.access
    roles = access.principal.roles
    if access.principal.provider_id is not None and Role.PROVIDER in roles:
        if patient_id in await access.under_care([patient_id]):
            return _ALL
        if patient_id in await access.glass_broken_for():
            return _UP_TO_RESTRICTED
    if patient_id in access.own:
        return _UP_TO_RESTRICTED
    if Role.STAFF in roles:
        visible = await restrict(Patient, access, {"_id": patient_id})
        if await Patient.find(visible).exists():
            return _UP_TO_RESTRICTED
    return _ORDINARY if patient_id in await access.proxied(ProxyScope.RECORDS) else frozenset()


async def _check(context: RequestContext, wish: NewDocument, levels: frozenset[Confidentiality]) -> None:
    errors: list[UserError] = []
    title = wish.title.strip()
    if not title or len(title) > MAX_TITLE or not title.isprintable():
        errors.append(InvalidInput(message=f"A title has 1 to {MAX_TITLE} characters on one line.", path=["title"]))
    if not is_loinc(wish.code):
        errors.append(InvalidInput(message="No LOINC code: digits, a hyphen and their check digit.", path=["code"]))
    if wish.effective_at is not None and wish.effective_at > context.access.instant + _EARLIEST_AHEAD:
        errors.append(InvalidInput(message="A document is not of the future.", path=["effectiveAt"]))
    if wish.confidentiality not in levels:
        message = f"You cannot add what is {wish.confidentiality.value}."
        errors.append(InvalidInput(message=message, code="CONFIDENTIALITY_NOT_YOURS", path=["confidentiality"]))
    if wish.appointment_id is not None:
        visit = await context.loaders.appointments.load(wish.appointment_id)
        if visit is None or visit.patient_id != wish.patient_id:
            errors.append(NotFound(message="The patient has no such visit.", path=["appointment"]))
    errors += await _card_errors(context, wish)
    if errors:
        raise Rejected(*errors)


async def _card_errors(context: RequestContext, wish: NewDocument) -> list[UserError]:
    if wish.coverage_id is None:
        return []
    coverage = await context.loaders.coverages.load(wish.coverage_id)
    if coverage is None or coverage.patient_id != wish.patient_id:
        return [NotFound(message="The patient has no such coverage.", path=["coverage"])]
    if wish.confidentiality is not Confidentiality.NORMAL:
        message = "A picture of an insurance card is for the front desk: NORMAL."
        return [InvalidInput(message=message, path=["confidentiality"])]
    return []


async def _slow_down(context: RequestContext) -> None:
    """Space is not free: what patients send is bounded by their number, too."""
    principal = context.principal
    if principal.roles.isdisjoint({Role.PROVIDER, Role.STAFF}):
        limit = Limit("upload", principal.account_id or "", UPLOADS_OF_PATIENTS)
        await count_attempt([limit], context.access.instant)


def _record(context: RequestContext, record_id: str, wish: NewDocument, stored: ReceivedFile) -> DocumentRecord:
    instant = context.access.instant
    provider = Role.PROVIDER in context.principal.roles
    file = DocumentFile(file_id=stored.file_id, size=stored.size, name=FileName(stored.name), sha256=FileDigest(stored.sha256))
    return DocumentRecord(
        id=record_id,
        status=RecordStatus.FINAL,
        code=document_type(wish.code),
        patient_id=wish.patient_id,
        author_id=context.principal.provider_id if provider else None,
        appointment_id=wish.appointment_id,
        effective_at=wish.effective_at or instant,
        recorded_at=instant,
        version_at=instant,
        confidentiality=wish.confidentiality,
        release=Release(at=instant),
        title=DocumentTitle(wish.title.strip()),
        content_type=stored.kind.media_type,
        file=file,
        coverage_id=wish.coverage_id,
    )
