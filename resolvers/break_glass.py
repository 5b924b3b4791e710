"""Emergency access to one patient's record: who may have it, for how long, and what follows.

The database holds the rules: the unique ``open_slot`` allows one open grant of a provider for a patient, and every grant writes
its account first, so that of two at the same time the second sees the first when it counts.
"""

from dataclasses import dataclass
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from models.account import Account
from models.break_glass import BreakGlassGrant
from models.patient import Patient
from models.purpose_of_use import PurposeOfUse
from resolvers.context import RequestContext
from resolvers.errors import Forbidden
from resolvers.idempotency import Answer, once
from resolvers.mrn import with_mrn
from resolvers.persons import must_be_a_person
from resolvers.ports import Session
from resolvers.throttling import Limit, count_attempt
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected, UserError

OPEN_FOR = timedelta(minutes=15)
REVIEW_WITHIN = timedelta(hours=72)
PER_DAY = 5
MIN_REASON, MAX_REASON = 20, 1000
PURPOSES = (PurposeOfUse.EMERGENCY, PurposeOfUse.TREATMENT)
_ATTEMPTS = 10
"""In a quarter of an hour, by one account: whoever guesses at record numbers is slowed down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """Why the glass is broken, and for whom: by ``patient_id`` or by ``mrn``."""

    patient_id: str | None
    mrn: str | None
    purpose: PurposeOfUse
    reason: str


async def break_glass(context: RequestContext, emergency: Emergency, key: str | None) -> BreakGlassGrant:
    """A grant for fifteen minutes, entered in the patient's own log and in the list of reviews.

    Raises Forbidden for services and for accounts without a provider. Raises Rejected: InvalidInput for fields, for patients
    who are under the caller's care already, and after too many grants in a day; NotFound, the same for an unknown number and a
    patient who is not there; Conflict while one is open, or while a review is overdue; TooManyAttempts.
    """
    must_be_a_person(context)
    account_id, provider_id = context.principal.account_id, context.principal.provider_id
    if account_id is None or provider_id is None:
        raise Forbidden("The account is not linked to a provider.")
    reason = emergency.reason.strip()
    _check(emergency, reason)
    await count_attempt([Limit("break-glass", account_id, _ATTEMPTS)], context.access.instant)
    patient_id = await _patient(context, emergency)
    instant = context.access.instant
    slot = f"{provider_id}:{patient_id}"
    collection = BreakGlassGrant.get_pymongo_collection()

    async def work(session: Session) -> Answer:
        ends = {"$max": {"broken_glass_until": instant + OPEN_FOR}}
        await Account.get_pymongo_collection().update_one({"_id": account_id}, {**ends, "$inc": {"revision": 1}}, session=session)
        await _check_earlier(context, account_id, session)
        over = {"provider_id": provider_id, "patient_id": patient_id, "open_slot": slot, "expires_at": {"$lte": instant}}
        await collection.update_one(over, {"$unset": {"open_slot": ""}}, session=session)
        grant = BreakGlassGrant(
            account_id=account_id,
            provider_id=provider_id,
            patient_id=patient_id,
            purpose=emergency.purpose,
            reason=reason,
            granted_at=instant,
            expires_at=instant + OPEN_FOR,
            review_due_at=instant + REVIEW_WITHIN,
            open_slot=slot,
        )
        await grant.insert(session=session)
        context.access.glass_was_broken(patient_id, grant.id)  # the entry in the audit trail is made under this grant
        context.trail.changed("BreakGlassGrant", grant.id, patient_id, ["purpose", "reason", "expires_at"])
        return {"grant_id": grant.id}

    noted = {"patient": patient_id, "purpose": emergency.purpose, "reason": reason}
    try:
        answer = await once(context, "breakGlass", key, noted, work)
    except BaseException as error:
        context.access.glass_is_whole(patient_id)
        if not isinstance(error, DuplicateKeyError):
            raise
        raise Rejected(
            Conflict(message="You have broken the glass for this patient: it is still open.", path=["patient"])
        ) from error
    grant = await BreakGlassGrant.get(answer["grant_id"])
    if grant is None:
        raise Rejected(Conflict(message="The grant made under this key is no longer there.", path=[]))
    if grant.expires_at > instant:
        context.access.glass_was_broken(patient_id, grant.id)
    return grant


def _check(emergency: Emergency, reason: str) -> None:
    complaints: list[UserError] = []
    if (emergency.patient_id is None) == (emergency.mrn is None):
        complaints.append(
            InvalidInput(message="Give the patient's id or the medical record number, one of them.", path=["patient"])
        )
    if emergency.purpose not in PURPOSES:
        message = f"The glass is broken for {' or '.join(PURPOSES)}, not for {emergency.purpose}."
        complaints.append(InvalidInput(message=message, path=["purpose"]))
    if not MIN_REASON <= len(reason) <= MAX_REASON:
        message = f"A reason has from {MIN_REASON} to {MAX_REASON} characters; this one has {len(reason)}."
        complaints.append(InvalidInput(message=message, path=["reason"]))
    if complaints:
        raise Rejected(*complaints)


async def _patient(context: RequestContext, emergency: Emergency) -> str:
    """The patient's id, whoever may see the patient: it is given back only to whom a grant is."""
    by_number = emergency.patient_id is None
    found = await Patient.find_one(with_mrn(emergency.mrn or "") if by_number else {"_id": emergency.patient_id})
    if found is None:
        raise Rejected(NotFound(message="No such patient.", path=["patient"]))
    if found.id == context.principal.patient_id:
        message = "You are this patient: ask for your record as every patient does."
        raise Rejected(InvalidInput(message=message, code="OWN_RECORD", path=["patient"]))
    if await context.access.under_care([found.id]):
        message = "The patient is under your care: you see the record without breaking the glass."
        raise Rejected(InvalidInput(message=message, code="UNDER_CARE", path=["patient"]))
    return found.id


async def _check_earlier(context: RequestContext, account_id: str, session: Session) -> None:
    instant = context.access.instant
    collection = BreakGlassGrant.get_pymongo_collection()
    overdue = {"account_id": account_id, "review": None, "review_due_at": {"$lte": instant}}
    if await collection.find_one(overdue, {"_id": 1}, session=session):
        message = "The review of an earlier grant of yours is overdue: no new one until an administrator has done it."
        raise Rejected(Conflict(message=message, code="REVIEW_OVERDUE", path=[]))
    today = {"account_id": account_id, "granted_at": {"$gt": instant - timedelta(hours=24)}}
    count = await collection.count_documents(today, session=session)
    if count >= PER_DAY:
        message = f"You have broken the glass {count} times within 24 hours; {PER_DAY} times is the limit."
        raise Rejected(InvalidInput(message=message, code="TOO_MANY_GRANTS", path=[]))
