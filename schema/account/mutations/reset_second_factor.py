"""resetSecondFactor."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.second_factor import reset_second_factor
from resolvers.user_errors import Rejected
from schema.account.types import Account
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="Whose second factor is lost.")
class ResetSecondFactorInput:
    account: strawberry.ID = strawberry.field(description="Which account; not the caller's own.")


@strawberry.type(description="The account after the change, or why there was none.")
class ResetSecondFactorPayload:
    account: Account | None = strawberry.field(default=None, description="The account after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class ResetSecondFactor:
    @strawberry.mutation(description="Turns off the second factor of somebody who has lost it.", directives=[auth(Role.ADMIN)])
    async def reset_second_factor(
        self, info: Info, input: Annotated[ResetSecondFactorInput, strawberry.argument(description="The input.")]
    ) -> ResetSecondFactorPayload:
        account_id = id_of("Account", input.account, ["input", "account"]) or ""
        try:
            account = await reset_second_factor(info.context, account_id)
        except Rejected as rejection:
            return ResetSecondFactorPayload(errors=shown_errors(rejection))
        return ResetSecondFactorPayload(account=Account.from_document(account), errors=[])
