"""Subscriptions of accounts."""

from collections.abc import AsyncIterator

import strawberry

from resolvers.viewing import principals
from schema.account.types import Viewer
from schema.authorization import auth
from schema.info import Info
from schema.node import existing
from schema.rights import EVERYBODY


@strawberry.type
class AccountSubscriptions:
    @strawberry.subscription(
        description="Who is asking: now, and again whenever an administrator has changed what they may do.",
        directives=[auth(*EVERYBODY)],
    )
    async def viewer_changed(self, info: Info) -> AsyncIterator[Viewer]:
        async for principal in principals(info.context):
            yield existing(Viewer.of_principal(principal))
