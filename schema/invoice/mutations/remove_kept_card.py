"""removeKeptCard."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.billing.gateway import ProcessorDown
from resolvers.billing.kept_cards import forget_card
from resolvers.user_errors import InvalidInput, Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info


@strawberry.input(description="A card that shall not be kept any longer.")
class RemoveKeptCardInput:
    card: str = strawberry.field(description="Its id (Patient.keptCards).")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="Whether it is gone, or why not.")
class RemoveKeptCardPayload:
    removed: bool = strawberry.field(default=False, description="Whether it is gone, here and at the card processor.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RemoveKeptCard:
    @strawberry.mutation(description="Withdraws the consent to keep a card.", directives=[auth(Role.PATIENT)])
    async def remove_kept_card(
        self, info: Info, input: Annotated[RemoveKeptCardInput, strawberry.argument(description="The input.")]
    ) -> RemoveKeptCardPayload:
        try:
            await forget_card(info.context, input.card, input.idempotency_key)
        except ProcessorDown:
            message = "The card processor does not answer. Try again."
            rejection = Rejected(InvalidInput(message=message, code="PROCESSOR_DOWN", path=["card"]))
            return RemoveKeptCardPayload(errors=shown_errors(rejection))
        except Rejected as rejection:
            return RemoveKeptCardPayload(errors=shown_errors(rejection))
        return RemoveKeptCardPayload(removed=True, errors=[])
