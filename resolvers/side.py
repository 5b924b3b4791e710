"""On whose side somebody acts."""

from models.appointment import CancelledBy
from models.role import Role
from resolvers.principal import Principal


def side_of(principal: Principal, provider_id: str) -> CancelledBy:
    """On whose side somebody acts who changes a provider's schedule."""
    if Role.PROVIDER in principal.roles and principal.provider_id == provider_id:
        return CancelledBy.PROVIDER
    return CancelledBy.STAFF if Role.STAFF in principal.roles else CancelledBy.PATIENT
