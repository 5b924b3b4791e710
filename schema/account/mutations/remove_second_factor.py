"""removeSecondFactor."""

from typing import Annotated

import strawberry

from resolvers.second_factor import remove_second_factor
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.rights import EVERYBODY


@strawberry.input(description="What proves that the caller owns the account.")
class RemoveSecondFactorInput:
    password: str = strawberry.field(description="The account's password.")
    code: str = strawberry.field(description="A code of the authenticator app, or a recovery code.")


@strawberry.type(description="Whether it was done.")
class RemoveSecondFactorPayload:
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RemoveSecondFactor:
    @strawberry.mutation(description="Turns the caller's second factor off.", directives=[auth(*EVERYBODY)])
    async def remove_second_factor(
        self, info: Info, input: Annotated[RemoveSecondFactorInput, strawberry.argument(description="The input.")]
    ) -> RemoveSecondFactorPayload:
        try:
            await remove_second_factor(info.context, input.password, input.code)
        except Rejected as rejection:
            return RemoveSecondFactorPayload(errors=shown_errors(rejection))
        return RemoveSecondFactorPayload(errors=[])
