"""requestPasswordReset."""

from typing import Annotated

import strawberry

from resolvers.password_reset import request_password_reset
from resolvers.user_errors import Rejected
from schema.authorization import public
from schema.errors import UserError, shown_errors
from schema.info import Info


@strawberry.input(description="Whose password is lost.")
class RequestPasswordResetInput:
    email: str = strawberry.field(description="The account's address.")
    device_token: str | None = strawberry.field(default=None, description="What this device got when it signed in before.")


@strawberry.type(description="Whether it was done.")
class RequestPasswordResetPayload:
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RequestPasswordReset:
    @strawberry.mutation(
        description="Mails a code to the owner of an active account. The answer is the same for every address.",
        directives=[public()],
    )
    async def request_password_reset(
        self, info: Info, input: Annotated[RequestPasswordResetInput, strawberry.argument(description="The input.")]
    ) -> RequestPasswordResetPayload:
        try:
            await request_password_reset(info.context, input.email, input.device_token)
        except Rejected as rejection:
            return RequestPasswordResetPayload(errors=shown_errors(rejection))
        return RequestPasswordResetPayload(errors=[])
