"""writeNote."""

from typing import Annotated

import strawberry

from models.role import Role
from resolvers.record_writing.write_note import USUAL_NOTE, kind_of_note, write_note
from schema.authorization import auth
from schema.errors import UserError
from schema.info import Info
from schema.record.inputs.entry import EntryInput
from schema.record.recorded import recorded
from schema.record.types import ClinicalNote


@strawberry.input(description="A note about a patient.")
class WriteNoteInput(EntryInput):
    text: str = strawberry.field(description="The note, at most 100000 characters.")
    code: str = strawberry.field(default=USUAL_NOTE, description="A LOINC type of note; 11506-3 is a progress note.")


@strawberry.type(description="The note as it is in the record, or why not.")
class WriteNotePayload:
    note: ClinicalNote | None = strawberry.field(default=None, description="The new entry.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class WriteNote:
    @strawberry.mutation(
        description="Writes a note: a draft, which the patient does not see, until its author signs it.",
        directives=[auth(Role.PROVIDER)],
    )
    async def write_note(
        self, info: Info, input: Annotated[WriteNoteInput, strawberry.argument(description="The input.")]
    ) -> WriteNotePayload:
        content = {"code": kind_of_note(input.code), "text": input.text}
        note, errors = await recorded(info, write_note(info.context, input.entry(), content), ClinicalNote.from_document)
        return WriteNotePayload(note=note, errors=errors)
