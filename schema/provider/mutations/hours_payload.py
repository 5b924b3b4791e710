"""What changes of a provider's hours answer with."""

from typing import TypeVar

import strawberry

from resolvers.availability import ChangedHours
from schema.appointment.types import Appointment
from schema.errors import UserError
from schema.info import Info
from schema.node import existing
from schema.provider.types import Provider


@strawberry.type
class HoursPayload:
    """The fields that these payloads share."""

    provider: Provider | None = strawberry.field(default=None, description="The provider with the new hours.")
    affected: list[Appointment] = strawberry.field(
        default_factory=list,
        description="Coming visits that lie outside of the hours now, the soonest first, at most 200. They stay booked: move "
        "them, call them off, or leave them. Those that staff put outside of hours on purpose are not among them.",
    )
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


P = TypeVar("P", bound=HoursPayload)


async def shown_hours(info: Info, payload: type[P], changed: ChangedHours) -> P:
    loaders = info.context.loaders
    provider = existing(await loaders.providers.load(changed.provider_id))
    visits = await loaders.appointments.load_many(changed.affected)
    return payload(
        provider=Provider.from_document(provider),
        affected=[Appointment.from_document(visit) for visit in visits if visit is not None],
        errors=[],
    )
