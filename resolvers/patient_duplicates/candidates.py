"""Who among the patients may be the same person: found by keyed tokens, then compared as people would."""

from dataclasses import dataclass

from beanie import SortDirection

from models.match_tokens import match_tokens
from models.patient import Patient
from resolvers.context import RequestContext
from resolvers.patient_duplicates.scoring import POSSIBLE, DuplicateReason, Identity, reasons_for, score_of
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.queries import ONE_BATCH, both

MOST_COMPARED = 200
"""Rows that are read for one check: whoever shares a telephone number or a word of the name and the day of birth."""
MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """``score`` is from ``scoring.POSSIBLE`` to 100."""

    patient: Patient
    score: int
    reasons: list[DuplicateReason]


async def find_candidates(
    context: RequestContext, identity: Identity, *, but: str | None = None, session: Session | None = None
) -> list[Candidate]:
    """The likeliest first, at most ``MOST_SHOWN``: one command. ``but`` is the patient that is compared with the others."""
    tokens = match_tokens(identity.name, identity.birth_date, identity.contacts)
    visible = await restrict(Patient, context.access, {"match_tokens": {"$in": tokens}})
    others = {} if but is None else {"_id": {"$ne": but}}
    found = Patient.find(both(visible, others), session=session, batch_size=ONE_BATCH)
    rows = await found.sort([("_id", SortDirection.DESCENDING)]).limit(MOST_COMPARED).to_list()
    candidates = [_compared(identity, patient) for patient in rows]
    likely = sorted((found for found in candidates if found.score >= POSSIBLE), key=lambda found: -found.score)[:MOST_SHOWN]
    context.access.shown([found.patient for found in likely])
    return likely


def identity_of(patient: Patient) -> Identity:
    return Identity(patient.name, patient.birth_date, patient.contacts)


def _compared(identity: Identity, patient: Patient) -> Candidate:
    reasons = reasons_for(identity, identity_of(patient))
    return Candidate(patient, score_of(reasons), reasons)
