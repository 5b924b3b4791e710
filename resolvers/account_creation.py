"""Making accounts by hand: for the first administrator, and for those who run the clinic's OHMS."""

from collections.abc import Sequence

from pymongo.errors import DuplicateKeyError

from models.account import Account, normalized_email
from models.patient import Patient
from models.provider import Provider
from models.role import Role
from resolvers.mrn import with_mrn
from resolvers.password_rules import check_new_password
from resolvers.ports import Passwords
from resolvers.profile import email_is_valid
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected


async def create_account(
    passwords: Passwords, email: str, password: str, roles: Sequence[Role], *, mrn: str | None = None, npi: str | None = None
) -> Account:
    """Raises Rejected: InvalidInput for the address or password, NotFound for an MRN or NPI, Conflict for a taken address."""
    if not email_is_valid(email.strip()):
        raise Rejected(InvalidInput(message=f"{email!r} is not an e-mail address.", path=["email"]))
    check_new_password(password, ["password"])
    account = Account(
        email=normalized_email(email),
        password_hash=await passwords.hash(password),
        roles=list(dict.fromkeys(roles)),
        patient_id=await _patient(mrn),
        provider_id=await _provider(npi),
    )
    try:
        return await account.insert()
    except DuplicateKeyError as error:
        message = "This address, patient or provider has an account already."
        raise Rejected(Conflict(message=message, path=["email"])) from error


async def _patient(mrn: str | None) -> str | None:
    if mrn is None:
        return None
    patient = await Patient.find_one(with_mrn(mrn))
    if patient is None:
        raise Rejected(NotFound(message="No patient has this MRN.", path=["patient"]))
    return patient.id


async def _provider(npi: str | None) -> str | None:
    if npi is None:
        return None
    provider = await Provider.find_one({"npi": npi})
    if provider is None:
        raise Rejected(NotFound(message="No provider has this NPI.", path=["provider"]))
    return provider.id
