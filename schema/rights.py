"""Groups of roles that the types declare, so that one name stands for one rule."""

from models.role import Role

EVERYBODY = tuple(Role)
"""Any signed-in caller: the directory."""

CARE = (Role.PATIENT, Role.PROVIDER)
"""The clinical record: never staff, administrators or analysts."""

FRONT_DESK = (Role.PATIENT, Role.PROVIDER, Role.STAFF)
"""Demographics, schedules, billing and coverage."""
