"""assignRoles."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.account_links import Links
from resolvers.account_roles import assign_roles
from resolvers.user_errors import Rejected
from schema.account.types import Account
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="What an account may be from now on.")
class AssignRolesInput:
    account: strawberry.ID = strawberry.field(description="Which account.")
    roles: list[Role] = strawberry.field(description="All of its roles: what is not named is taken.")
    expected_roles: list[Role] | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless these are still its roles."
    )
    patient: strawberry.ID | None = strawberry.field(default=None, description="Which patient this is; for the role PATIENT.")
    provider: strawberry.ID | None = strawberry.field(default=None, description="Which provider this is; for the role PROVIDER.")


@strawberry.type(description="The account after the change, or why there was none.")
class AssignRolesPayload:
    account: Account | None = strawberry.field(default=None, description="The account after the change.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class AssignRoles:
    @strawberry.mutation(
        description="Sets the roles of an account. It binds at once. The last active administrator stays one.",
        directives=[auth(Role.ADMIN)],
    )
    async def assign_roles(
        self, info: Info, input: Annotated[AssignRolesInput, strawberry.argument(description="The input.")]
    ) -> AssignRolesPayload:
        account_id = id_of("Account", input.account, ["input", "account"]) or ""
        links = Links(
            patient_id=id_of("Patient", input.patient, ["input", "patient"]),
            provider_id=id_of("Provider", input.provider, ["input", "provider"]),
        )
        try:
            account = await assign_roles(info.context, account_id, input.roles, links, input.expected_roles)
        except Rejected as rejection:
            return AssignRolesPayload(errors=shown_errors(rejection))
        return AssignRolesPayload(account=Account.from_document(account), errors=[])
