"""confirmSecondFactor."""

from typing import Annotated

import strawberry

from resolvers.second_factor import confirm_second_factor
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.rights import EVERYBODY


@strawberry.input(description="A code of the authenticator app.")
class ConfirmSecondFactorInput:
    code: str = strawberry.field(description="The code that the app shows now.")


@strawberry.type(description="The recovery codes, shown this once, or why there are none.")
class ConfirmSecondFactorPayload:
    recovery_codes: list[str] | None = strawberry.field(default=None, description="Ten codes, each good once, to keep safe.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class ConfirmSecondFactor:
    @strawberry.mutation(description="Turns the caller's second factor on.", directives=[auth(*EVERYBODY)])
    async def confirm_second_factor(
        self, info: Info, input: Annotated[ConfirmSecondFactorInput, strawberry.argument(description="The input.")]
    ) -> ConfirmSecondFactorPayload:
        try:
            codes = await confirm_second_factor(info.context, input.code)
        except Rejected as rejection:
            return ConfirmSecondFactorPayload(errors=shown_errors(rejection))
        return ConfirmSecondFactorPayload(recovery_codes=codes, errors=[])
