"""setPayer."""

from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import UNSET

from models.role import Role
from resolvers.payers import PayerWish, set_payer
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.coverage.payers import Payer
from schema.errors import UserError, shown_errors
from schema.info import Info


@strawberry.input(description="What the clinic knows of a payer. What is not given stays, or is as it usually is.")
class SetPayerInput:
    name: str = strawberry.field(description="How coverages name it; case and spaces make no difference.")
    electronic_id: str | None = strawberry.field(
        default=UNSET, description="Its number at the clearing house: up to 80 letters and digits; null: it cannot be asked."
    )
    discount_percent: Decimal | None = strawberry.field(
        default=None, description="The contractual adjustment, of the charge: 0 to 100."
    )
    in_network: bool | None = strawberry.field(default=None, description="Whether the clinic has a contract with it.")
    active: bool | None = strawberry.field(default=None, description="Whether it is still one.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that the caller knows; a Conflict when there is a newer one."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The payer, or why not.")
class SetPayerPayload:
    payer: Payer | None = strawberry.field(default=None, description="The payer after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class SetPayer:
    @strawberry.mutation(
        description="Makes a payer known to the clinic, or changes what is known of the one of this name.",
        directives=[auth(Role.STAFF, Role.ADMIN)],
    )
    async def set_payer(
        self, info: Info, input: Annotated[SetPayerInput, strawberry.argument(description="The input.")]
    ) -> SetPayerPayload:
        wish = PayerWish(
            name=" ".join(input.name.split()),
            electronic_number=None if input.electronic_id is UNSET else input.electronic_id,
            no_electronic_number=input.electronic_id is None,
            discount_percent=input.discount_percent,
            in_network=input.in_network,
            active=input.active,
        )
        try:
            payer = await set_payer(info.context, wish, input.expected_revision, input.idempotency_key)
        except Rejected as rejection:
            return SetPayerPayload(errors=shown_errors(rejection))
        return SetPayerPayload(payer=Payer.from_document(payer), errors=[])
