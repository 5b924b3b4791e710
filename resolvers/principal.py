"""Who is asking."""

from dataclasses import dataclass

from models.role import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The caller of one operation, as the database knows them at its start.

    Roles come from the stored account, never from the token, so that a revoked role binds with the next operation.
    """

    account_id: str | None
    roles: frozenset[Role]
    patient_id: str | None = None
    provider_id: str | None = None

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None


ANONYMOUS = Principal(account_id=None, roles=frozenset())
