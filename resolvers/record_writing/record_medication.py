"""recordMedication."""

from collections.abc import Sequence
from datetime import datetime

from models.record import Medication, MedicationStatus
from resolvers.clinical_codes.checking import check_coding, check_concept, check_concepts
from resolvers.clinical_codes.systems import RXNORM, SNOMED_CT, UNII
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.record_writing.allergy_check import AllergyAcknowledgement, check_allergies
from resolvers.record_writing.changing import MAX_REASON, MIN_REASON
from resolvers.record_writing.entry import Content, NewEntry, begin
from resolvers.record_writing.new_record import insert_record

MAX_DOSAGE = 1000
_OF_INGREDIENTS = frozenset({RXNORM, SNOMED_CT, UNII})


def check_medication(complaints: Complaints, medication: Medication, at: list[str], _instant: datetime) -> None:
    check_concept(complaints, medication.code, [*at, "code"], text_alone=True)
    check_concepts(complaints, medication.reasons, [*at, "reasons"], text_alone=True)
    complaints.text([*at, "dosage"], medication.dosage, most=MAX_DOSAGE, required=True, lines=True)
    complaints.items([*at, "ingredients"], medication.ingredients)
    for place, coding in enumerate(medication.ingredients):
        check_coding(complaints, coding, [*at, "ingredients", str(place)], systems=_OF_INGREDIENTS)
    if medication.request_status is MedicationStatus.ENTERED_IN_ERROR:
        complaints.add([*at, "requestStatus"], "What was entered in error is marked so by markRecordEnteredInError.")


async def record_medication(
    context: RequestContext, entry: NewEntry, content: Content, acknowledged: Sequence[AllergyAcknowledgement]
) -> str:
    """The id of the new entry. Raises as ``begin``; Rejected with an AllergyWarning for each allergy not acknowledged."""

    def check(complaints: Complaints, medication: Medication, at: list[str], instant: datetime) -> None:
        check_medication(complaints, medication, at, instant)
        check_acknowledgements(complaints, acknowledged, ["acknowledgedAllergies"])

    medication = await begin(context, Medication, entry, content, check)

    async def work(session: Session) -> Answer:
        medication.acknowledged_allergies = await check_allergies(context, session, medication, acknowledged)
        taken = ["acknowledged_allergies"] if medication.acknowledged_allergies else []
        await insert_record(context, session, medication, [*sorted({"status", *content}), *taken])
        return {"record_id": medication.id}

    noted = entry.noted({**content, "acknowledged": [[given.allergy_id, given.reason] for given in acknowledged]})
    answer = await once(context, "recordMedication", entry.key, noted, work)
    return str(answer["record_id"])


def check_acknowledgements(complaints: Complaints, acknowledged: Sequence[AllergyAcknowledgement], path: list[str]) -> None:
    complaints.items(path, acknowledged)
    for place, given in enumerate(acknowledged):
        found = len(given.reason.strip())
        if found < MIN_REASON:
            complaints.add([*path, str(place), "reason"], f"A reason has at least {MIN_REASON} characters; this one has {found}.")
        complaints.text([*path, str(place), "reason"], given.reason, most=MAX_REASON, lines=True)
