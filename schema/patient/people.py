"""People around a patient: whom to call, and who may act."""

import strawberry

from models.patient import Proxy as StoredProxy
from models.patient import ProxyRelationship, ProxyScope
from models.role import Role
from schema.account.types import Account
from schema.info import Info
from schema.values import Period, shown


@strawberry.type(description="Whom to call in an emergency.")
class EmergencyContact:
    name: str = strawberry.field(description="The person's name.")
    relationship: str = strawberry.field(description="What the person is to the patient.")
    phone: str = strawberry.field(description="The person's telephone number.")


@strawberry.type(description="Somebody who may act for the patient.")
class Proxy:
    id: strawberry.ID = strawberry.field(description="Names it to `revokeProxy`.")
    relationship: ProxyRelationship = strawberry.field(description="What the proxy is to the patient.")
    period: Period = strawberry.field(description="When the right holds.")
    scope: list[ProxyScope] = strawberry.field(description="What the right is for.")
    account_id: strawberry.Private[str | None]
    address: strawberry.Private[str | None]
    patient_id: strawberry.Private[str]

    @strawberry.field(description="The address it was granted to, for staff, the patient and the proxy; null for other callers.")
    def email(self, info: Info) -> str | None:
        principal = info.context.principal
        granting = Role.STAFF in principal.roles or self.patient_id in info.context.access.own
        return self.address if granting or self.account_id == principal.account_id else None

    @strawberry.field(description="The proxy's account; null for callers who may not see it, and before there is one.")
    async def account(self, info: Info) -> Account | None:
        # Asked for in any case: whether there is an account takes as long as that there is none.
        found = await info.context.loaders.accounts.load(self.account_id or "")
        return None if found is None else Account.from_document(found)


def proxy_of(proxy: StoredProxy, patient_id: str) -> Proxy:
    return Proxy(
        id=strawberry.ID(proxy.id),
        relationship=proxy.relationship,
        period=shown(proxy.period),
        scope=proxy.scope,
        account_id=proxy.account_id,
        address=proxy.email,
        patient_id=patient_id,
    )
