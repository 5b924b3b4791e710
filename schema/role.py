"""The GraphQL enum `Role`: the roles of `models.role`, with a description each.

The enum class stays the one of `models`, so that stored roles, roles of a principal and roles of the graph are the same
objects; what Strawberry needs to know of it is attached here, because `models` does not know Strawberry.
"""

from typing import cast

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from models.role import Role

_DESCRIPTIONS = {
    Role.PATIENT: "Receives care: sees their own data, and those of the people they are a proxy for.",
    Role.PROVIDER: "Gives care: sees the patients under their care.",
    Role.STAFF: "Runs the clinic: demographics, schedules, billing and coverage, no clinical notes.",
    Role.ADMIN: "Runs the system: accounts, the audit trail and settings, no charts.",
    Role.ANALYST: "Studies the clinic: de-identified rows and suppressed counts only.",
}

RoleEnum = strawberry.enum(Role, name="Role", description="What an account may be; one account may be several at once.")
for _value in cast("StrawberryEnumDefinition", vars(Role)["__strawberry_definition__"]).values:
    _value.description = _DESCRIPTIONS[Role(_value.value)]
