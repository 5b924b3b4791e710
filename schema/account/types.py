"""Accounts and the viewer."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.account import Account as AccountDocument
from models.account import AccountKind, AccountStatus
from models.role import Role
from resolvers.pagination import Page
from resolvers.principal import Principal
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.info import Info
from schema.node import Node, existing, global_id
from schema.rights import EVERYBODY

if TYPE_CHECKING:
    from schema.patient.types import Patient
    from schema.provider.types import Provider


@strawberry.type(
    description="Somebody who can sign in. Callers see their own, administrators all.", directives=[auth(*EVERYBODY)]
)
class Account(Node):
    email: str = strawberry.field(description="The address signed in with.")
    roles: list[Role] = strawberry.field(description="What the account may be.")
    status: AccountStatus = strawberry.field(description="Whether it can sign in.")
    kind: AccountKind = strawberry.field(description="A person's, or a machine's.")
    email_verified: bool = strawberry.field(description="Whether its owner has shown to read mail at the address.")
    second_factor: bool = strawberry.field(description="Whether signing in takes a code besides the password.")
    created_at: datetime = strawberry.field(description="When it was made.")
    last_signed_in_at: datetime | None = strawberry.field(description="When it was last used.")

    @classmethod
    def from_document(cls, document: AccountDocument) -> "Account":
        return cls(
            id=global_id("Account", document.id),
            email=document.email,
            roles=document.roles,
            status=document.status,
            kind=document.kind,
            email_verified=document.email_verified_at is not None,
            second_factor=document.second_factor is not None and document.second_factor.confirmed_at is not None,
            created_at=document.created_at,
            last_signed_in_at=document.last_signed_in_at,
        )


@strawberry.type(description="Accounts, a page at a time.", directives=[auth(Role.ADMIN)])
class AccountConnection(Connection[Account]):
    @classmethod
    def of(cls, page: Page[AccountDocument]) -> "AccountConnection":
        return cls(nodes=nodes_of(page, Account.from_document), page=page)


# Anybody may ask who they are: what leads on from here is guarded by its own type.
@strawberry.type(description="Who is asking.")
class Viewer:
    roles: list[Role] = strawberry.field(description="What the caller may be, as stored now.")
    account_id: strawberry.Private[str]
    patient_id: strawberry.Private[str | None]
    provider_id: strawberry.Private[str | None]

    @strawberry.field(description="The caller's account.")
    async def account(self, info: Info) -> Account:
        return Account.from_document(existing(await info.context.loaders.accounts.load(self.account_id)))

    @strawberry.field(description="The caller as a patient.")
    async def patient(self, info: Info) -> Annotated["Patient", strawberry.lazy("schema.patient.types")] | None:
        from schema.patient.types import Patient

        if self.patient_id is None:
            return None
        found = await info.context.loaders.patients.load(self.patient_id)
        return None if found is None else Patient.from_document(found)

    @strawberry.field(description="The caller as a provider.")
    async def provider(self, info: Info) -> Annotated["Provider", strawberry.lazy("schema.provider.types")] | None:
        from schema.provider.types import Provider

        if self.provider_id is None:
            return None
        found = await info.context.loaders.providers.load(self.provider_id)
        return None if found is None else Provider.from_document(found)

    @strawberry.field(description="Patients the caller may act for.")
    async def proxy_for(self, info: Info) -> list[Annotated["Patient", strawberry.lazy("schema.patient.types")]]:
        from schema.patient.types import Patient

        ids = await info.context.access.proxied()
        found = await info.context.loaders.patients.load_many(ids)
        return [Patient.from_document(document) for document in found if document is not None]

    @classmethod
    def of_principal(cls, principal: Principal) -> "Viewer | None":
        """None for somebody who is not signed in."""
        if principal.account_id is None:
            return None
        return cls(
            roles=sorted(principal.roles),
            account_id=principal.account_id,
            patient_id=principal.patient_id,
            provider_id=principal.provider_id,
        )
