"""requestEmailVerification."""

import strawberry

from resolvers.email_verification import request_email_verification
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.rights import EVERYBODY


@strawberry.type(description="Whether it was done.")
class RequestEmailVerificationPayload:
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RequestEmailVerification:
    @strawberry.mutation(description="Mails the caller a code to show that the address is theirs.", directives=[auth(*EVERYBODY)])
    async def request_email_verification(self, info: Info) -> RequestEmailVerificationPayload:
        try:
            await request_email_verification(info.context)
        except Rejected as rejection:
            return RequestEmailVerificationPayload(errors=shown_errors(rejection))
        return RequestEmailVerificationPayload(errors=[])
