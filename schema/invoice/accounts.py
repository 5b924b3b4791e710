"""What a patient owes over time, and how late it is."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.billing_account import KeptCard as StoredCard
from models.ledger import LedgerCause
from models.role import Role
from resolvers.billing.aging import AgeGroup as Counted
from resolvers.billing.statement import Statement as StoredStatement
from resolvers.billing.statement import StatementLine as StoredLine
from schema.authorization import auth
from schema.info import Info
from schema.rights import FRONT_DESK
from schema.values import Money, shown

if TYPE_CHECKING:
    from schema.invoice.types import Invoice


@strawberry.type(description="One entry of a statement.")
class StatementLine:
    at: datetime = strawberry.field(description="When.")
    cause: LedgerCause = strawberry.field(description="Why.")
    amount: Money = strawberry.field(description="What it adds to what the patient owes; below zero it takes off.")
    balance: Money = strawberry.field(description="What the patient owes after it.")
    invoice_id: strawberry.Private[str]

    @strawberry.field(description="The invoice it is about.")
    async def invoice(self, info: Info) -> Annotated["Invoice", strawberry.lazy("schema.invoice.types")] | None:
        from schema.invoice.types import Invoice

        found = await info.context.loaders.invoices.load(self.invoice_id)
        return None if found is None else Invoice.from_document(found)

    @classmethod
    def of(cls, line: StoredLine) -> "StatementLine":
        return cls(
            at=line.at, cause=line.cause, amount=shown(line.amount), balance=shown(line.balance), invoice_id=line.invoice_id
        )


@strawberry.type(description="What happened on a patient's account between two days.", directives=[auth(*FRONT_DESK)])
class Statement:
    from_: date = strawberry.field(name="from", description="The first day.")
    to: date = strawberry.field(description="The last day.")
    opening: Money = strawberry.field(description="What was owed before.")
    lines: list[StatementLine] = strawberry.field(description="Oldest first.")
    closing: Money = strawberry.field(description="What is owed after.")

    @classmethod
    def of(cls, statement: StoredStatement) -> "Statement":
        return cls(
            from_=statement.from_,
            to=statement.to,
            opening=shown(statement.opening),
            lines=[StatementLine.of(line) for line in statement.lines],
            closing=shown(statement.closing),
        )


@strawberry.type(description="A card that the patient agreed to keep at the card processor.", directives=[auth(Role.PATIENT)])
class KeptCard:
    id: str = strawberry.field(description="For payInvoice and removeKeptCard.")
    label: str = strawberry.field(description="Brand and last digits.")
    expires: str = strawberry.field(description="Year and month, such as 2028-04.")
    consented_at: datetime = strawberry.field(description="When the patient agreed.")

    @classmethod
    def of(cls, card: StoredCard) -> "KeptCard":
        return cls(id=card.id, label=str(card.label), expires=card.expires, consented_at=card.consented_at)


@strawberry.type(description="What is open on invoices that are so late.", directives=[auth(Role.STAFF)])
class AgeGroup:
    age: str = strawberry.field(description="CURRENT, DAYS_1_TO_30, DAYS_31_TO_60, DAYS_61_TO_90 or OVER_90_DAYS past due.")
    invoices: int = strawberry.field(description="How many invoices.")
    open: Money = strawberry.field(description="What patients still owe on them.")

    @classmethod
    def of(cls, counted: Counted) -> "AgeGroup":
        return cls(age=counted.age, invoices=counted.invoices, open=shown(counted.open))
