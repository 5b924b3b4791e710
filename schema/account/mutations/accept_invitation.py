"""acceptInvitation."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers.invitations import accept_invitation
from resolvers.user_errors import Rejected
from schema.authorization import public
from schema.errors import UserError, shown_errors
from schema.info import Info


@strawberry.input(description="A mailed code and the password to be.")
class AcceptInvitationInput:
    code: str = strawberry.field(description="The code that was mailed.")
    password: str = strawberry.field(description="The account's password: 12 to 512 characters.")


@strawberry.type(description="A token for the account, or why there is none.")
class AcceptInvitationPayload:
    access_token: str | None = strawberry.field(default=None, description="A signed JWT.")
    expires_at: datetime | None = strawberry.field(default=None, description="When the token ends.")
    device_token: str | None = strawberry.field(default=None, description="For this device to keep, as signIn's.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class AcceptInvitation:
    @strawberry.mutation(description="Takes an account over that an administrator has made.", directives=[public()])
    async def accept_invitation(
        self, info: Info, input: Annotated[AcceptInvitationInput, strawberry.argument(description="The input.")]
    ) -> AcceptInvitationPayload:
        try:
            signed_in = await accept_invitation(info.context, input.code, input.password)
        except Rejected as rejection:
            return AcceptInvitationPayload(errors=shown_errors(rejection))
        return AcceptInvitationPayload(
            access_token=signed_in.token.value,
            expires_at=signed_in.token.expires_at,
            device_token=signed_in.device_token,
            errors=[],
        )
