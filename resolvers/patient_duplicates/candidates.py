"""Who among the patients may be the same person: found by keyed tokens, then compared as people would."""

from dataclasses import dataclass, field

from models.match_tokens import MatchTokens, contact_facts, name_facts
from models.patient import Patient
from resolvers.context import RequestContext
from resolvers.patient_duplicates.scoring import POSSIBLE, DuplicateReason, Identity, reasons_for, score_of
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.rows import ONE_BATCH
from resolvers.user_errors import UserError

MOST_COMPARED = 200
"""Rows that are read of those with a likely name and birth date, and of those with the same number or address."""
MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """``score`` is from ``scoring.POSSIBLE`` to 100."""

    patient: Patient
    score: int
    reasons: list[DuplicateReason]


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleDuplicates(UserError):
    """For staff only: it tells who is a patient."""

    message: str = "Other patients may be this person: look at them, or say that they are not."
    code: str = "POSSIBLE_DUPLICATES"
    path: list[str] = field(default_factory=lambda: ["acknowledgeDuplicates"])
    candidates: list[Candidate]


async def find_candidates(
    context: RequestContext, identity: Identity, *, but: str | None = None, session: Session | None = None
) -> list[Candidate]:
    """The likeliest first, at most ``MOST_SHOWN``. ``but`` is the patient that is compared with the others."""
    rows: dict[str, Patient] = {}
    # Apart, so that a number that hundreds share does not crowd out those of the same name.
    for facts in (name_facts(identity.name, identity.birth_date), contact_facts(identity.contacts)):
        if facts:
            tokens = [MatchTokens.token(fact) for fact in facts]
            within = await restrict(Patient, context.access, {"match_tokens": {"$in": tokens}})
            found = Patient.find(within, session=session, batch_size=ONE_BATCH).limit(MOST_COMPARED)
            rows.update({patient.id: patient for patient in await found.to_list() if patient.id != but})
    candidates = [_compared(identity, patient) for patient in rows.values()]
    possible = [candidate for candidate in candidates if candidate.score >= POSSIBLE]
    likeliest = sorted(possible, key=lambda candidate: (-candidate.score, candidate.patient.id))[:MOST_SHOWN]
    context.access.shown([candidate.patient for candidate in likeliest])
    return likeliest


def identity_of(patient: Patient) -> Identity:
    return Identity(patient.name, patient.birth_date, patient.contacts)


def _compared(identity: Identity, patient: Patient) -> Candidate:
    reasons = reasons_for(identity, identity_of(patient))
    return Candidate(patient, score_of(reasons), reasons)
