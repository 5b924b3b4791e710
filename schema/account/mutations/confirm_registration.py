"""confirmRegistration."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers.registration import confirm
from resolvers.user_errors import Rejected
from schema.authorization import public
from schema.errors import UserError, shown_errors
from schema.info import Info


@strawberry.input(description="The end of a registration.")
class ConfirmRegistrationInput:
    code: str = strawberry.field(description="The code that was mailed.")


@strawberry.type(description="A token for the new patient's account, or why there is none.")
class ConfirmRegistrationPayload:
    access_token: str | None = strawberry.field(default=None, description="A signed JWT.")
    expires_at: datetime | None = strawberry.field(default=None, description="When the token ends.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class ConfirmRegistration:
    @strawberry.mutation(description="Turns a registration into a patient with an account.", directives=[public()])
    async def confirm_registration(
        self, info: Info, input: Annotated[ConfirmRegistrationInput, strawberry.argument(description="The input.")]
    ) -> ConfirmRegistrationPayload:
        try:
            signed_in = await confirm(info.context, input.code)
        except Rejected as rejection:
            return ConfirmRegistrationPayload(errors=shown_errors(rejection))
        return ConfirmRegistrationPayload(
            access_token=signed_in.token.value,
            expires_at=signed_in.token.expires_at,
            errors=[],
        )
