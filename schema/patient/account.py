"""A patient's account: credit, statement and kept cards."""

from datetime import date
from typing import Annotated, cast

import strawberry

from models.patient import Patient as PatientDocument
from models.role import Role
from resolvers.billing.statement import statement_of
from schema.authorization import auth
from schema.info import Info
from schema.invoice.accounts import KeptCard, Statement
from schema.rights import FRONT_DESK
from schema.values import Money


@strawberry.type
class PatientAccount:
    document: strawberry.Private[PatientDocument]

    @strawberry.field(description="What was paid too much and can be used for other invoices.", directives=[auth(*FRONT_DESK)])
    async def credit(self, info: Info) -> Money:
        return cast("Money", (await info.context.loaders.credits.load(self.document.id)) * -1)

    @strawberry.field(
        description="What happened on the patient's account between two days, both included.", directives=[auth(*FRONT_DESK)]
    )
    async def statement(
        self,
        info: Info,
        from_: Annotated[date, strawberry.argument(name="from", description="The first day.")],
        to: Annotated[date, strawberry.argument(description="The last day; at most three years later.")],
    ) -> Statement:
        return Statement.of(await statement_of(info.context, self.document.id, from_, to))

    @strawberry.field(
        description="Cards that the patient agreed to keep at the card processor; nobody else sees them.",
        directives=[auth(Role.PATIENT)],
    )
    async def kept_cards(self, info: Info) -> list[KeptCard]:
        accounts = await info.context.loaders.billing_accounts_of_patient.load(self.document.id)
        return [KeptCard.of(card) for account in accounts for card in account.cards]
