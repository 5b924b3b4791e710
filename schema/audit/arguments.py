"""How the audit trail is filtered and ordered."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from models.audit_event import AuditOutcome
from models.purpose_of_use import PurposeOfUse
from resolvers.audit_events import AuditCriteria
from resolvers.pagination import Order
from schema.connection import OrderDirection, order_of
from schema.node import id_of


@strawberry.input(
    description="Which entries. All that is given must hold. Patient, actor and time have an index; narrow the others by time."
)
class AuditEventWhere:
    patient: strawberry.ID | None = strawberry.field(default=None, description="About this patient.")
    actor: strawberry.ID | None = strawberry.field(default=None, description="By this account.")
    action: str | None = strawberry.field(default=None, description="Exactly this action, such as `Query.patients`.")
    outcome: list[AuditOutcome] | None = strawberry.field(default=None, description="With one of these outcomes.")
    purpose: list[PurposeOfUse] | None = strawberry.field(default=None, description="For one of these purposes.")
    from_: datetime | None = strawberry.field(default=None, name="from", description="At or after this instant.")
    to: datetime | None = strawberry.field(default=None, description="Before this instant.")

    def criteria(self) -> AuditCriteria:
        return AuditCriteria(
            patient=id_of("Patient", self.patient, ["where", "patient"]),
            actor=id_of("Account", self.actor, ["where", "actor"]),
            action=self.action,
            outcome=self.outcome,
            purpose=self.purpose,
            from_=self.from_,
            to=self.to,
        )


@strawberry.enum(description="What entries of the audit trail can be ordered by.")
class AuditEventOrderField(Enum):
    AT = strawberry.enum_value("at", description="When it happened.")


@strawberry.input(description="How entries of the audit trail are ordered.")
class AuditEventOrder:
    field: AuditEventOrderField = strawberry.field(default=AuditEventOrderField.AT, description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")

    def order(self) -> Order:
        return order_of(self.field, self.direction)


NEWEST_FIRST = Order("at", descending=True)

Where = Annotated[AuditEventWhere | None, strawberry.argument(description="Which ones; all when not given.")]
OrderBy = Annotated[AuditEventOrder | None, strawberry.argument(description="In which order; newest first when not given.")]
