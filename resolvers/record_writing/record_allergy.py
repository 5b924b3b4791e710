"""recordAllergy."""

from datetime import datetime

from models.record import Allergy
from resolvers.clinical_codes.checking import check_concept, check_concepts
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.record_writing.allergy_list import make_room, says_none_known
from resolvers.record_writing.entry import Content, NewEntry, begin, insert, not_ahead


def check_allergy(complaints: Complaints, allergy: Allergy, at: list[str], instant: datetime) -> None:
    check_concept(complaints, allergy.code, [*at, "code"], text_alone=True)
    not_ahead(complaints, allergy.onset_at, [*at, "onsetAt"], instant)
    complaints.items([*at, "reactions"], allergy.reactions)
    for place, reaction in enumerate(allergy.reactions):
        path = [*at, "reactions", str(place)]
        if not reaction.manifestations:
            complaints.add([*path, "manifestations"], "Say what was seen.")
        check_concepts(complaints, reaction.manifestations, [*path, "manifestations"], text_alone=True)
        not_ahead(complaints, reaction.onset_at, [*path, "onsetAt"], instant)
    if says_none_known(allergy):
        for name, value in (("reactions", allergy.reactions), ("criticality", allergy.criticality)):
            if value:
                complaints.add([*at, name], "No known allergies has none.")


async def record_allergy(context: RequestContext, entry: NewEntry, content: Content) -> str:
    """The id of the new entry. Raises as ``begin``; Rejected: Conflict for "no known allergies" where one stands."""
    allergy = await begin(context, Allergy, entry, content, check_allergy)

    async def room(session: Session) -> None:
        await make_room(context, session, allergy, ["code"])

    return await insert(context, "recordAllergy", entry, allergy, content, room)
