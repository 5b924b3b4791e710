"""How a person becomes a patient with an account.

Nobody learns from it whether an address is known: registering does the same work and gives the same answer either way, and only
the owner of the mailbox hears the difference. Until the mailed code comes back nothing of the input is a patient.
"""

import hashlib
import secrets
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from models.account import Account, AccountEmail, normalized_email
from models.patient import Patient
from models.registration import Registration
from models.role import Role
from resolvers.account_limits import REGISTRATION, attempt
from resolvers.accounts import SignedIn, welcome
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.password_rules import complaints_about
from resolvers.patient_duplicates.candidates import PossibleDuplicates, find_candidates, identity_of
from resolvers.ports import Mail, Session
from resolvers.profile import Profile, check_profile, email_is_valid
from resolvers.proxies import bind_proxies
from resolvers.throttling import Limit, count_attempt
from resolvers.transactions import transact
from resolvers.user_errors import Conflict, InvalidInput, Rejected, UserError

_OPEN_FOR = timedelta(hours=24)
_PER_ADDRESS = 20


def new_mrn() -> str:
    """A medical record number: random, so that it tells nothing about when or how many."""
    return f"M{secrets.randbelow(10**10):010d}"


async def register_at_desk(
    context: RequestContext, profile: Profile, key: str | None, *, acknowledge_duplicates: bool = False
) -> Patient:
    """Staff register a patient who stands before them: there at once, without an account.

    Raises Rejected for bad input; PossibleDuplicates, and nothing is written, where others may be the same person and it was not
    said that they are not.
    """
    check_profile(profile, context.access.instant.date())

    async def work(session: Session) -> Answer:
        patient = Patient(mrn=new_mrn(), **profile.given())
        candidates = await find_candidates(context, identity_of(patient), session=session)
        if candidates and not acknowledge_duplicates:
            raise Rejected(PossibleDuplicates(candidates=candidates))
        await patient.insert(session=session)
        noted = [*profile.given(), *(["acknowledged_duplicates"] if candidates else [])]
        context.trail.changed("Patient", patient.id, patient.id, noted)
        return {"patient_id": patient.id}

    entered = {**profile.given(), "acknowledge_duplicates": acknowledge_duplicates}
    answer = await once(context, "registerPatient", key, entered, work)
    patient = await Patient.get(answer["patient_id"])
    if patient is None:
        raise Rejected(Conflict(message="The patient registered under this key is no longer there.", path=[]))
    return patient


async def register_online(context: RequestContext, profile: Profile, email: str, password: str, key: str | None) -> None:
    """Takes a registration and mails a code. Raises Rejected for bad input, too many attempts from or for one address."""
    _check_credentials(email, password)
    check_profile(profile, context.access.instant.date())
    address = normalized_email(email)
    await attempt(context, REGISTRATION, address)
    password_hash = await context.ports.passwords.hash(password)
    token = secrets.token_urlsafe(32)

    async def work(session: Session) -> Answer:
        registration = Registration(
            email=address,
            password_hash=password_hash,
            profile=Patient(mrn=new_mrn(), **profile.given()).model_dump(mode="json", include=set(profile.given())),
            token_digest=_digest(token),
            expires_at=context.access.instant + _OPEN_FOR,
        )
        await registration.insert(session=session)
        return {"registration_id": registration.id}

    taken = await Account.find_one({"email": AccountEmail.lookup(address)})
    await once(context, "registerPatient", key, {**profile.given(), "email": address}, work)
    await context.ports.mailer.send(_known_mail(address) if taken else _code_mail(address, token))


async def confirm(context: RequestContext, token: str) -> SignedIn:
    """Turns a registration into a patient with an account, all or nothing, once. Raises Rejected."""
    await count_attempt([Limit("confirmation", context.client_address, _PER_ADDRESS)], context.access.instant)

    async def work(session: Session) -> Account | None:
        registration = await Registration.find_one(
            {"token_digest": _digest(token), "expires_at": {"$gt": context.access.instant}}, session=session
        )
        if registration is None:
            return None
        await registration.delete(session=session)
        patient = Patient(mrn=new_mrn(), **registration.profile.plain)
        await patient.insert(session=session)
        context.trail.changed("Patient", patient.id, patient.id, list(registration.profile.plain))
        account = Account(
            email=registration.email,
            password_hash=registration.password_hash,
            roles=[Role.PATIENT],
            patient_id=patient.id,
            email_verified_at=context.access.instant,
        )
        await account.insert(session=session)
        context.trail.changed("Account", account.id, None, ["email", "password_hash", "roles", "patient_id", "email_verified_at"])
        await bind_proxies(account, session)
        return account

    try:
        account = await transact(context, work)
    except DuplicateKeyError as error:
        # Whoever holds the code owns the mailbox, and may know.
        message = "There is an account with this e-mail address already: sign in."
        raise Rejected(Conflict(message=message, path=["code"])) from error
    if account is None:
        message = "The code is wrong, used or older than 24 hours."
        raise Rejected(InvalidInput(message=message, code="INVALID_CODE", path=["code"]))
    return await welcome(context, account)


def _check_credentials(email: str, password: str) -> None:
    complaints: list[UserError] = []
    if not email_is_valid(email.strip()):
        complaints.append(InvalidInput(message="Is not an e-mail address.", path=["email"]))
    complaints += complaints_about(password, ["password"])
    if complaints:
        raise Rejected(*complaints)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _code_mail(address: str, token: str) -> Mail:
    text = f"Your code to finish registering, valid for 24 hours:\n\n{token}\n\nIf this was not you, do nothing."
    return Mail(to=address, subject="Finish your registration", text=text)


def _known_mail(address: str) -> Mail:
    text = "Somebody, perhaps you, registered with this address. You have an account already: sign in with it."
    return Mail(to=address, subject="You have an account already", text=text)
