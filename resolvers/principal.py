"""Who is asking."""

from dataclasses import dataclass
from datetime import datetime

from models.account import Account, AccountKind
from models.role import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The caller of one operation, as the database knows them at its start.

    Roles come from the stored account, never from the token, so that a revoked role binds with the next operation. A ``service``
    is a machine: it may do what its roles may, except what only a person answers for (``resolvers.persons``).
    """

    account_id: str | None
    roles: frozenset[Role]
    patient_id: str | None = None
    provider_id: str | None = None
    service: bool = False
    session_id: str | None = None
    broken_glass_until: datetime | None = None

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None


def principal_of(account: Account, session_id: str | None = None) -> Principal:
    """The caller that an active account is, in one of its sessions."""
    return Principal(
        account_id=account.id,
        roles=frozenset(account.roles),
        patient_id=account.patient_id,
        provider_id=account.provider_id,
        service=account.kind is AccountKind.SERVICE,
        session_id=session_id,
        broken_glass_until=account.broken_glass_until,
    )


ANONYMOUS = Principal(account_id=None, roles=frozenset())
