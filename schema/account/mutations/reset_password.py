"""resetPassword."""

from typing import Annotated

import strawberry

from resolvers.password_reset import reset_password
from resolvers.user_errors import Rejected
from schema.authorization import public
from schema.errors import UserError, shown_errors
from schema.info import Info


@strawberry.input(description="A mailed code and the new password.")
class ResetPasswordInput:
    code: str = strawberry.field(description="The code that was mailed.")
    new_password: str = strawberry.field(description="The password from now on: 12 to 512 characters.")
    one_time_code: str | None = strawberry.field(
        default=None, description="The code of the second factor, or a recovery code, where there is one."
    )


@strawberry.type(description="Whether it was done.")
class ResetPasswordPayload:
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class ResetPassword:
    @strawberry.mutation(
        description="Sets a new password and ends all sessions. A second factor stays on.", directives=[public()]
    )
    async def reset_password(
        self, info: Info, input: Annotated[ResetPasswordInput, strawberry.argument(description="The input.")]
    ) -> ResetPasswordPayload:
        try:
            await reset_password(info.context, input.code, input.new_password, input.one_time_code)
        except Rejected as rejection:
            return ResetPasswordPayload(errors=shown_errors(rejection))
        return ResetPasswordPayload(errors=[])
