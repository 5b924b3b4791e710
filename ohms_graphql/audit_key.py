"""The key of the audit trail."""

from ohms_graphql.sealer import derived_key
from ohms_graphql.settings import Settings


def audit_key(settings: Settings) -> bytes:
    """The same in every process of a deployment, and nowhere in its database."""
    return derived_key(settings.secret_key.get_secret_value(), "audit trail")
