"""deactivateAccount."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.account_status import deactivate_account
from resolvers.user_errors import Rejected
from schema.account.types import Account
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="Which account is closed.")
class DeactivateAccountInput:
    account: strawberry.ID = strawberry.field(description="Which account.")


@strawberry.type(description="The account after the change, or why there was none.")
class DeactivateAccountPayload:
    account: Account | None = strawberry.field(default=None, description="The account after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class DeactivateAccount:
    @strawberry.mutation(
        description="Closes an account and ends its sessions at once. The last active administrator stays.",
        directives=[auth(Role.ADMIN)],
    )
    async def deactivate_account(
        self, info: Info, input: Annotated[DeactivateAccountInput, strawberry.argument(description="The input.")]
    ) -> DeactivateAccountPayload:
        account_id = id_of("Account", input.account, ["input", "account"]) or ""
        try:
            account = await deactivate_account(info.context, account_id)
        except Rejected as rejection:
            return DeactivateAccountPayload(errors=shown_errors(rejection))
        return DeactivateAccountPayload(account=Account.from_document(account), errors=[])
