"""inviteUser."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.account_links import Links
from resolvers.invitations import invite_user
from resolvers.user_errors import Rejected
from schema.account.types import Account
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of


@strawberry.input(description="Who is invited, and as what.")
class InviteUserInput:
    email: str = strawberry.field(description="Where the code is mailed to, and the address to sign in with.")
    roles: list[Role] = strawberry.field(description="What the account may be.")
    patient: strawberry.ID | None = strawberry.field(default=None, description="Which patient this is; for the role PATIENT.")
    provider: strawberry.ID | None = strawberry.field(default=None, description="Which provider this is; for the role PROVIDER.")


@strawberry.type(description="The account that waits for its owner, or why there is none.")
class InviteUserPayload:
    account: Account | None = strawberry.field(default=None, description="The account, INVITED.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class InviteUser:
    @strawberry.mutation(
        description="Makes an account and mails its owner a code for acceptInvitation. Inviting again voids the code before.",
        directives=[auth(Role.ADMIN)],
    )
    async def invite_user(
        self, info: Info, input: Annotated[InviteUserInput, strawberry.argument(description="The input.")]
    ) -> InviteUserPayload:
        links = Links(
            patient_id=id_of("Patient", input.patient, ["input", "patient"]),
            provider_id=id_of("Provider", input.provider, ["input", "provider"]),
        )
        try:
            account = await invite_user(info.context, input.email, input.roles, links)
        except Rejected as rejection:
            return InviteUserPayload(errors=shown_errors(rejection))
        return InviteUserPayload(account=Account.from_document(account), errors=[])
