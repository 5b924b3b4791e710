"""renewRecoveryCodes."""

from typing import Annotated

import strawberry

from resolvers.second_factor import renew_recovery_codes
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.rights import EVERYBODY


@strawberry.input(description="What proves that the caller has the second factor.")
class RenewRecoveryCodesInput:
    code: str = strawberry.field(description="A code of the authenticator app, or a recovery code.")


@strawberry.type(description="The recovery codes, shown this once, or why there are none.")
class RenewRecoveryCodesPayload:
    recovery_codes: list[str] | None = strawberry.field(default=None, description="Ten codes, each good once, to keep safe.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RenewRecoveryCodes:
    @strawberry.mutation(description="Makes ten new recovery codes; the old ones are void.", directives=[auth(*EVERYBODY)])
    async def renew_recovery_codes(
        self, info: Info, input: Annotated[RenewRecoveryCodesInput, strawberry.argument(description="The input.")]
    ) -> RenewRecoveryCodesPayload:
        try:
            codes = await renew_recovery_codes(info.context, input.code)
        except Rejected as rejection:
            return RenewRecoveryCodesPayload(errors=shown_errors(rejection))
        return RenewRecoveryCodesPayload(recovery_codes=codes, errors=[])
