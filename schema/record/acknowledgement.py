"""That somebody has taken a critical value in hand."""

from datetime import datetime

import strawberry

from models.record import Acknowledgement as StoredAcknowledgement
from schema.authorization import auth
from schema.info import Info
from schema.node import existing
from schema.provider.types import Provider
from schema.rights import CARE


@strawberry.type(description="That a provider has seen a critical value and taken it in hand.", directives=[auth(*CARE)])
class Acknowledgement:
    at: datetime = strawberry.field(description="When.")
    note: str = strawberry.field(description="What was done.")
    stored: strawberry.Private[StoredAcknowledgement]

    @strawberry.field(description="Who did.")
    async def by(self, info: Info) -> Provider:
        return Provider.from_document(existing(await info.context.loaders.providers.load(self.stored.by_id)))

    @classmethod
    def of(cls, stored: StoredAcknowledgement) -> "Acknowledgement":
        return cls(at=stored.at, note=stored.note, stored=stored)
