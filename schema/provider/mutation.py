"""Writes of providers, visit types and hours, gathered."""

import strawberry

from schema.provider.mutations.add_availability_exception import AddAvailabilityException
from schema.provider.mutations.create_provider import CreateProvider
from schema.provider.mutations.create_visit_type import CreateVisitType
from schema.provider.mutations.remove_availability_exception import RemoveAvailabilityException
from schema.provider.mutations.set_availability import SetAvailability
from schema.provider.mutations.update_provider import UpdateProvider
from schema.provider.mutations.update_visit_type import UpdateVisitType


@strawberry.type
class ProviderMutations(
    SetAvailability,
    AddAvailabilityException,
    RemoveAvailabilityException,
    CreateVisitType,
    UpdateVisitType,
    CreateProvider,
    UpdateProvider,
):
    pass
