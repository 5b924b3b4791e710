"""The five roles of OHMS."""

from enum import StrEnum


class Role(StrEnum):
    """What an account may be; one account may be several (a provider who is also a patient)."""

    PATIENT = "PATIENT"
    PROVIDER = "PROVIDER"
    STAFF = "STAFF"
    ADMIN = "ADMIN"
    ANALYST = "ANALYST"
