"""signIn."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers.accounts import sign_in
from resolvers.user_errors import Rejected
from schema.authorization import public
from schema.errors import UserError, shown_errors
from schema.info import Info


@strawberry.input(description="Who signs in.")
class SignInInput:
    email: str = strawberry.field(description="The account's address.")
    password: str = strawberry.field(description="The account's password.")
    one_time_code: str | None = strawberry.field(
        default=None, description="The code of the second factor, or a recovery code, where there is one."
    )
    device_token: str | None = strawberry.field(default=None, description="What this device got when it signed in before.")


@strawberry.type(description="A token to send as `Authorization: Bearer`, or why there is none.")
class SignInPayload:
    access_token: str | None = strawberry.field(default=None, description="A signed JWT.")
    expires_at: datetime | None = strawberry.field(default=None, description="When the token ends.")
    device_token: str | None = strawberry.field(
        default=None, description="For this device to keep and send again: with it, strangers' failures do not slow it down."
    )
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class SignIn:
    @strawberry.mutation(
        description="Signs in. A wrong password and an unknown address get the same answer.", directives=[public()]
    )
    async def sign_in(
        self, info: Info, input: Annotated[SignInInput, strawberry.argument(description="The input.")]
    ) -> SignInPayload:
        try:
            signed_in = await sign_in(info.context, input.email, input.password, input.one_time_code, input.device_token)
        except Rejected as rejection:
            return SignInPayload(errors=shown_errors(rejection))
        return SignInPayload(
            access_token=signed_in.token.value,
            expires_at=signed_in.token.expires_at,
            device_token=signed_in.device_token,
            errors=[],
        )
