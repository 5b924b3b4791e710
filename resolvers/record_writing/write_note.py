"""writeNote."""

from dataclasses import replace
from datetime import datetime

from models.record import ClinicalNote, RecordStatus
from models.values import CodeableConcept, Coding
from resolvers.clinical_codes.checking import MAX_CODE
from resolvers.clinical_codes.systems import LOINC, is_loinc
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.record_writing.entry import Content, NewEntry, begin, insert

MAX_NOTE = 100_000
USUAL_NOTE = "11506-3"

# The clinical notes of USCDI; LOINC knows thousands, and any of them is taken.
_KINDS = {
    USUAL_NOTE: "Progress note",
    "11488-4": "Consult note",
    "18842-5": "Discharge summary",
    "28570-0": "Procedure note",
    "34109-9": "Note",
    "34111-5": "Emergency department note",
    "34117-2": "History and physical note",
}


def kind_of_note(code: str) -> CodeableConcept:
    name = _KINDS.get(code)
    return CodeableConcept(text=name or "Note", codings=[Coding(system=LOINC, code=code, display=name)])


def check_note(complaints: Complaints, note: ClinicalNote, at: list[str], _instant: datetime) -> None:
    for coding in note.code.codings:
        if not is_loinc(coding.code):
            message = f"{coding.code[:MAX_CODE]!r} is no code of LOINC: digits, a hyphen and their check digit."
            complaints.add([*at, "code"], message)
    complaints.text([*at, "text"], note.text, most=MAX_NOTE, required=True, lines=True)


async def write_note(context: RequestContext, entry: NewEntry, content: Content) -> str:
    """The id of the new note: PRELIMINARY until its author signs it. Raises as ``begin``."""
    entry = replace(entry, status=RecordStatus.PRELIMINARY)
    note = await begin(context, ClinicalNote, entry, content, check_note)
    return await insert(context, "writeNote", entry, note, content)
