"""Subscriptions of records."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

import strawberry

from models.role import Role
from resolvers.release.following import follow_releases
from schema.authorization import auth
from schema.info import Info
from schema.record.base import Record
from schema.record.types import as_record


@strawberry.type
class RecordSubscriptions:
    @strawberry.subscription(
        description="Entries of the record as they reach the caller: as the patient, or as a proxy for RECORDS. Each release "
        "once, as far as it may be seen at that moment. `release.cursor` tells where to resume; nothing is missed from there on.",
        directives=[auth(Role.PATIENT)],
    )
    async def record_released(
        self,
        info: Info,
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The cursor of the last one that was read, or `recordReleaseCursor`; from now on when not given."
            ),
        ] = None,
    ) -> AsyncIterator[Record]:
        async with aclosing(follow_releases(info.context, after)) as releases:
            async for released in releases:
                node = as_record(released.record)
                node.release_cursor = released.cursor
                yield node
