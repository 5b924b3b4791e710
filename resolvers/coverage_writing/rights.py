"""Who may change whose coverages."""

from models.coverage import Coverage
from models.patient import Patient, ProxyScope
from models.role import Role
from resolvers.context import RequestContext
from resolvers.policy import restrict
from resolvers.user_errors import NotFound, Rejected


async def must_insure(context: RequestContext, patient_id: str, path: list[str]) -> None:
    """Patients their own, proxies for BILLING the patient's, staff everybody's. Raises Rejected: NotFound."""
    visible = await restrict(Patient, context.access, {"_id": patient_id})
    if not await _may_write(context, patient_id) or not await Patient.find(visible).exists():
        raise Rejected(NotFound(message="No such patient.", path=path))


async def visible_coverage(context: RequestContext, coverage_id: str, path: list[str]) -> Coverage:
    """One that the caller may change. Raises Rejected: NotFound."""
    found = await Coverage.find_one(await restrict(Coverage, context.access, {"_id": coverage_id}))
    if found is None or not await _may_write(context, found.patient_id):
        raise Rejected(no_coverage(path))
    return found


def no_coverage(path: list[str]) -> NotFound:
    return NotFound(message="No such coverage.", path=path)


async def _may_write(context: RequestContext, patient_id: str) -> bool:
    if Role.STAFF in context.principal.roles:
        return True
    return patient_id in context.access.own or patient_id in await context.access.proxied(ProxyScope.BILLING)
