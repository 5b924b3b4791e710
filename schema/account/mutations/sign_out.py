"""signOut."""

import strawberry

from resolvers.sessions import sign_out
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.rights import EVERYBODY


@strawberry.type(description="Whether it was done.")
class SignOutPayload:
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class SignOut:
    @strawberry.mutation(
        description="Ends the session that asks, on every socket and for every token.", directives=[auth(*EVERYBODY)]
    )
    async def sign_out(self, info: Info) -> SignOutPayload:
        try:
            await sign_out(info.context)
        except Rejected as rejection:
            return SignOutPayload(errors=shown_errors(rejection))
        return SignOutPayload(errors=[])
