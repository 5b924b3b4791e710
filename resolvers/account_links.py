"""Which patient or provider an account is. A role without its link would see nothing; a link without its role is a slip."""

from collections.abc import Sequence
from dataclasses import dataclass

from pymongo.errors import DuplicateKeyError

from models.account import Account
from models.patient import Patient
from models.provider import Provider
from models.role import Role
from resolvers.ports import Session
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected, UserError

_TAKEN = {
    "email": "This address has an account already.",
    "patient_id": "This patient has an account already.",
    "provider_id": "This provider has an account already.",
}
_SHOWN = {"patient_id": "patient", "provider_id": "provider"}


@dataclass(frozen=True, slots=True)
class Links:
    """Ids of documents; None is "not given"."""

    patient_id: str | None = None
    provider_id: str | None = None

    def onto(self, account: Account | None) -> "Links":
        """What the account has after the change: what is not given stays."""
        if account is None:
            return self
        return Links(self.patient_id or account.patient_id, self.provider_id or account.provider_id)


async def check_roles(roles: Sequence[Role], given: Links, after: Links, session: Session) -> list[Role]:
    """The roles, each once. Raises Rejected with every complaint: InvalidInput, or NotFound for a patient or provider."""
    complaints: list[UserError] = []
    if not roles:
        complaints.append(InvalidInput(message="Give at least one role.", path=["roles"]))
    for role, path, asked, linked in (
        (Role.PATIENT, "patient", given.patient_id, after.patient_id),
        (Role.PROVIDER, "provider", given.provider_id, after.provider_id),
    ):
        if role in roles and linked is None:
            complaints.append(InvalidInput(message=f"The role {role} needs a {path}.", path=[path]))
        if asked is not None and role not in roles:
            complaints.append(InvalidInput(message=f"A {path} is only for the role {role}.", path=[path]))
    if given.patient_id and await Patient.get(given.patient_id, session=session) is None:
        complaints.append(NotFound(message="No such patient.", path=["patient"]))
    if given.provider_id and await Provider.get(given.provider_id, session=session) is None:
        complaints.append(NotFound(message="No such provider.", path=["provider"]))
    if complaints:
        raise Rejected(*complaints)
    return list(dict.fromkeys(roles))


def taken(error: DuplicateKeyError) -> Rejected:
    """Which of the unique keys it was, by path."""
    keys = (error.details or {}).get("keyPattern") or {}
    field = next((name for name in keys if name in _TAKEN), "email")
    return Rejected(Conflict(message=_TAKEN[field], path=[_SHOWN.get(field, field)]))
