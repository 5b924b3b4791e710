"""changePassword."""

from typing import Annotated

import strawberry

from resolvers.password_change import change_password
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.rights import EVERYBODY


@strawberry.input(description="The old password and the new one.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The password until now.")
    new_password: str = strawberry.field(description="The password from now on: 12 to 512 characters.")


@strawberry.type(description="Whether it was done.")
class ChangePasswordPayload:
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class ChangePassword:
    @strawberry.mutation(description="Changes the caller's password and ends all other sessions.", directives=[auth(*EVERYBODY)])
    async def change_password(
        self, info: Info, input: Annotated[ChangePasswordInput, strawberry.argument(description="The input.")]
    ) -> ChangePasswordPayload:
        try:
            await change_password(info.context, input.current_password, input.new_password)
        except Rejected as rejection:
            return ChangePasswordPayload(errors=shown_errors(rejection))
        return ChangePasswordPayload(errors=[])
