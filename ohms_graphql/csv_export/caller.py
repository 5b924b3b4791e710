"""Who exports: an account of the clinic, in one role that reads many patients' data on purpose."""

from collections.abc import Sequence
from dataclasses import replace

from models.account import Account, AccountEmail, AccountStatus, normalized_email
from models.role import Role
from ohms_graphql.errors import OhmsError
from resolvers.principal import Principal, principal_of

EXPORTING = (Role.STAFF, Role.ANALYST)
"""Patients and providers read theirs in the portal, or as FHIR; administrators see no patient data."""


class MayNotExport(OhmsError):
    """``principal`` is the account as it would be anywhere else, for the audit trail."""

    def __init__(self, message: str, principal: Principal) -> None:
        super().__init__(message)
        self.principal = principal


async def caller(email: str, asked: Role | None) -> Principal:
    """The account as it is now, with one role and nothing else: further rights (as a patient, a provider) do not come along.

    ``asked`` says which, for those who have both. Raises OhmsError where there is no such account, MayNotExport for the others.
    """
    account = await Account.find_one({"email": AccountEmail.lookup(normalized_email(email))})
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise OhmsError(f"There is no active account {email}.")
    principal = principal_of(account)
    wanted: Sequence[Role] = EXPORTING if asked is None else (asked,)
    offered = [role for role in wanted if role in principal.roles]
    if not offered:
        roles = " or ".join(role.value for role in wanted)
        raise MayNotExport(f"{email} may not export: only an account with the role {roles} may.", principal)
    if len(offered) > 1:
        raise OhmsError(f"{email} is both STAFF and ANALYST, who do not see the same: say which with --role.")
    return replace(principal, roles=frozenset(offered), patient_id=None, provider_id=None)
