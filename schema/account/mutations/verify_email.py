"""verifyEmail."""

from typing import Annotated

import strawberry

from resolvers.email_verification import verify_email
from resolvers.user_errors import Rejected
from schema.account.types import Account
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.rights import EVERYBODY


@strawberry.input(description="A mailed code.")
class VerifyEmailInput:
    code: str = strawberry.field(description="The code that was mailed.")


@strawberry.type(description="The account after the change, or why there was none.")
class VerifyEmailPayload:
    account: Account | None = strawberry.field(default=None, description="The account after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class VerifyEmail:
    @strawberry.mutation(description="Shows that the caller reads mail at their address.", directives=[auth(*EVERYBODY)])
    async def verify_email(
        self, info: Info, input: Annotated[VerifyEmailInput, strawberry.argument(description="The input.")]
    ) -> VerifyEmailPayload:
        try:
            account = await verify_email(info.context, input.code)
        except Rejected as rejection:
            return VerifyEmailPayload(errors=shown_errors(rejection))
        return VerifyEmailPayload(account=Account.from_document(account), errors=[])
