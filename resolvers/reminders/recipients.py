"""Who is told: the accounts that may see the visit as the patient or as a proxy, by the same policy as everything else.

A confidential visit is no proxy's to see, so that its reminder goes to the patient's own account or to nobody.
"""

from dataclasses import dataclass, replace

from models.account import Account, AccountKind, AccountStatus
from models.appointment import Appointment
from models.patient import Patient
from models.role import Role
from resolvers.access import Access
from resolvers.context import RequestContext
from resolvers.policy import restrict
from resolvers.principal import principal_of


@dataclass(frozen=True, slots=True)
class Recipient:
    """``is_patient``: the mail goes to the patient, not to a proxy."""

    account_id: str
    email: str
    is_patient: bool


async def recipients_of(context: RequestContext, visit: Appointment) -> list[Recipient]:
    """Those whose address is proved and whose account is open, in the order of their accounts' ids."""
    return [
        Recipient(account.id, account.email, account.patient_id == visit.patient_id)
        for account in await reachable_accounts(visit.patient_id)
        if await _may_see(context, account, visit)
    ]


async def reachable_accounts(patient_id: str) -> list[Account]:
    """The patient's own account and those of the proxies, whose address is proved and who are open. What each may see is
    another question.
    """
    patient = await Patient.get(patient_id)
    if patient is None:
        return []
    proxies = [proxy.account_id for proxy in patient.proxies if proxy.account_id is not None]
    reachable = {
        "status": AccountStatus.ACTIVE.value,
        "kind": AccountKind.PERSON.value,
        "email_verified_at": {"$ne": None},
        "$or": [{"patient_id": patient.id}, {"_id": {"$in": proxies}}],
    }
    return await Account.find(reachable).sort("_id").to_list()


async def _may_see(context: RequestContext, account: Account, visit: Appointment) -> bool:
    """As a patient or proxy only: a proxy who also works at the clinic is told no more than others."""
    principal = principal_of(account)
    principal = replace(principal, roles=principal.roles & {Role.PATIENT})
    access = Access(principal, context.ports.clock(), context.access.majority, context.ports.pseudonyms)
    return await Appointment.find(await restrict(Appointment, access, {"_id": visit.id})).exists()
