"""Why somebody looks at patient data."""

from enum import StrEnum


class PurposeOfUse(StrEnum):
    """HL7 v3 PurposeOfUse, those that a clinic needs."""

    TREATMENT = "TREATMENT"
    EMERGENCY = "EMERGENCY"
    PAYMENT = "PAYMENT"
    OPERATIONS = "OPERATIONS"
    PATIENT_REQUEST = "PATIENT_REQUEST"
    RESEARCH = "RESEARCH"
