"""recordObservation."""

from typing import Annotated

import strawberry

import models.record as stored
from models.role import Role
from resolvers.record_writing.record_observation import record_observation
from schema.authorization import auth
from schema.errors import UserError
from schema.info import Info
from schema.provider.inputs import CodeableConceptInput
from schema.record.inputs.contents import content_of
from schema.record.inputs.entry import EntryInput
from schema.record.inputs.kinds import ObservationFields
from schema.record.recorded import recorded
from schema.record.results import Observation


@strawberry.input(description="A measurement or simple statement about a patient.")
class RecordObservationInput(ObservationFields, EntryInput):
    code: CodeableConceptInput = strawberry.field(description="What was measured: LOINC or SNOMED CT.")
    preliminary: bool = strawberry.field(default=False, description="Not verified yet: final once its author signs it.")


@strawberry.type(description="The observation as it is in the record, or why not.")
class RecordObservationPayload:
    observation: Observation | None = strawberry.field(default=None, description="The new entry.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class RecordObservation:
    @strawberry.mutation(
        description="Records a measurement. Critical ones (LL, HH, AA) stay on its author's list until acknowledged.",
        directives=[auth(Role.PROVIDER)],
    )
    async def record_observation(
        self, info: Info, input: Annotated[RecordObservationInput, strawberry.argument(description="The input.")]
    ) -> RecordObservationPayload:
        entry = input.entry(preliminary=input.preliminary)
        work = record_observation(info.context, entry, content_of(stored.Observation, input))
        observation, errors = await recorded(info, work, Observation.from_document)
        return RecordObservationPayload(observation=observation, errors=errors)
