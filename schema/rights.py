"""Groups of roles that the types declare, so that one name stands for one rule."""

from models.role import Role

EVERYBODY = tuple(Role)
"""Any signed-in caller: the directory."""

CARE = (Role.PATIENT, Role.PROVIDER)
"""The clinical record in words: never staff, administrators or analysts."""

FRONT_DESK = (Role.PATIENT, Role.PROVIDER, Role.STAFF)
"""Demographics, schedules, billing and coverage."""

CARE_AND_ANALYST = (*CARE, Role.ANALYST)
"""Coded records: analysts get them de-identified."""

FRONT_DESK_AND_ANALYST = (*FRONT_DESK, Role.ANALYST)
"""What analysts get de-identified of the front desk's data."""
