"""What a caller looks for, as far as roles and rows tell."""

from models.purpose_of_use import PurposeOfUse
from models.role import Role
from resolvers.principal import Principal

_MONEY = frozenset(
    {
        "BillingAccount",
        "ChargeDefinition",
        "Coverage",
        "EligibilityCheck",
        "Invoice",
        "LedgerEntry",
        "Payer",
        "Payment",
    }
)
_BY_ROLE = (
    (Role.PROVIDER, PurposeOfUse.TREATMENT),
    (Role.STAFF, PurposeOfUse.OPERATIONS),
    (Role.ADMIN, PurposeOfUse.OPERATIONS),
    (Role.ANALYST, PurposeOfUse.RESEARCH),
    (Role.PATIENT, PurposeOfUse.PATIENT_REQUEST),
)


def purpose_of(principal: Principal, patient_id: str | None, documents: frozenset[str]) -> PurposeOfUse:
    """``documents`` are the names of the classes that were looked at. Who looks at themselves asks as a patient."""
    if Role.PATIENT in principal.roles and patient_id is not None and patient_id == principal.patient_id:
        return PurposeOfUse.PATIENT_REQUEST
    purpose = next((purpose for role, purpose in _BY_ROLE if role in principal.roles), PurposeOfUse.OPERATIONS)
    if purpose is PurposeOfUse.OPERATIONS and Role.STAFF in principal.roles and documents and documents <= _MONEY:
        return PurposeOfUse.PAYMENT
    return purpose
