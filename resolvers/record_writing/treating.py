"""Who writes a patient's record: a provider with the patient under their care, or behind broken glass."""

from models.confidentiality import Confidentiality
from models.record import Record
from models.role import Role
from resolvers.context import RequestContext
from resolvers.errors import Forbidden
from resolvers.release.acting import seen_as
from resolvers.user_errors import NotFound, Rejected


async def must_treat(context: RequestContext, patient_id: str, path: list[str]) -> str:
    """The calling provider's id. Raises Forbidden for accounts without a provider; Rejected: NotFound with the ``path``."""
    provider_id = calling_provider(context)
    access = context.access
    if await access.under_care([patient_id]) or patient_id in await access.glass_broken_for():
        return provider_id
    raise Rejected(NotFound(message="No such patient.", path=path))


async def levels_of(context: RequestContext, patient_id: str) -> frozenset[Confidentiality]:
    """How confidential an entry the provider may write: nobody writes what they could not read again."""
    if await context.access.under_care([patient_id]):
        return frozenset(Confidentiality)
    return frozenset({Confidentiality.NORMAL, Confidentiality.RESTRICTED})


async def must_see(context: RequestContext, record_id: str, path: list[str]) -> Record:
    """An entry as the calling provider sees it. Raises as ``must_treat``."""
    calling_provider(context)
    record = await seen_as(context, Role.PROVIDER, record_id)
    if record is None:
        raise Rejected(NotFound(message="No such entry of the record.", path=path))
    await must_treat(context, record.patient_id, path)
    return record


def calling_provider(context: RequestContext) -> str:
    if Role.PROVIDER not in context.principal.roles or context.principal.provider_id is None:
        raise Forbidden("The account is not linked to a provider.")
    return context.principal.provider_id
