"""setCharge."""

from decimal import Decimal
from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.price_list import Price, set_charge
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.invoice.price_list import ChargeDefinition
from schema.provider.inputs import CodingInput, MoneyInput


@strawberry.input(description="What a coded service costs.")
class SetChargeInput:
    code: CodingInput = strawberry.field(description="The service's code.")
    description: str = strawberry.field(description="As it stands on invoices; at most 400 characters.")
    price: MoneyInput = strawberry.field(description="For one.")
    tax_percent: Decimal = strawberry.field(default=Decimal(0), description="On top of the price: 0 to 100.")
    active: bool = strawberry.field(default=True, description="False: it is not charged any more.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The price, or why not.")
class SetChargePayload:
    charge: ChargeDefinition | None = strawberry.field(default=None, description="The entry of the price list.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class SetCharge:
    @strawberry.mutation(
        description="Sets what a code costs from now on. Invoices that were drafted keep their prices.",
        directives=[auth(Role.STAFF, Role.ADMIN)],
    )
    async def set_charge(
        self, info: Info, input: Annotated[SetChargeInput, strawberry.argument(description="The input.")]
    ) -> SetChargePayload:
        try:
            wish = Price(
                system=input.code.system,
                code=input.code.code,
                description=input.description.strip(),
                price=input.price.cleaned(["price"]),
                tax_percent=input.tax_percent,
                active=input.active,
            )
            document = await set_charge(info.context, wish, input.idempotency_key)
        except Rejected as rejection:
            return SetChargePayload(errors=shown_errors(rejection))
        return SetChargePayload(charge=ChargeDefinition.from_document(document), errors=[])
