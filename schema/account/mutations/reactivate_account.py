"""reactivateAccount."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.account_status import reactivate_account
from resolvers.user_errors import Rejected
from schema.account.types import Account
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="Which account is opened again.")
class ReactivateAccountInput:
    account: strawberry.ID = strawberry.field(description="Which account.")


@strawberry.type(description="The account after the change, or why there was none.")
class ReactivateAccountPayload:
    account: Account | None = strawberry.field(default=None, description="The account after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class ReactivateAccount:
    @strawberry.mutation(description="Opens a closed or locked account again.", directives=[auth(Role.ADMIN)])
    async def reactivate_account(
        self, info: Info, input: Annotated[ReactivateAccountInput, strawberry.argument(description="The input.")]
    ) -> ReactivateAccountPayload:
        account_id = id_of("Account", input.account, ["input", "account"]) or ""
        try:
            account = await reactivate_account(info.context, account_id)
        except Rejected as rejection:
            return ReactivateAccountPayload(errors=shown_errors(rejection))
        return ReactivateAccountPayload(account=Account.from_document(account), errors=[])
