"""Patients who may be one person, for staff."""

import strawberry

from models.role import Role
from resolvers.patient_duplicates.candidates import Candidate
from resolvers.patient_duplicates.candidates import PossibleDuplicates as RaisedDuplicates
from resolvers.patient_duplicates.scoring import DuplicateReason
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.patient.types import Patient
from schema.shown_enum import show

show(
    DuplicateReason,
    "What speaks for two patients being one person.",
    SAME_NAME="All words of the names are the same, in any order and spelled with or without accents.",
    SIMILAR_NAME="The names differ by slips, or one lacks a given name.",
    SHARED_NAME="Some of the names are the same.",
    SAME_BIRTH_DATE="They were born on the same day.",
    SIMILAR_BIRTH_DATE="The birth dates differ by a slip, or by day and month swapped.",
    SAME_PHONE="They have a telephone number in common.",
    SAME_EMAIL="They have an e-mail address in common.",
)


@strawberry.type(description="A patient who may be the same person.", directives=[auth(Role.STAFF)])
class DuplicateCandidate:
    patient: Patient = strawberry.field(description="Who.")
    score: int = strawberry.field(description="How much speaks for it, from 50 to 100.")
    reasons: list[DuplicateReason] = strawberry.field(description="What speaks for it, the strongest first.")

    @classmethod
    def of(cls, candidate: Candidate) -> "DuplicateCandidate":
        return cls(patient=Patient.from_document(candidate.patient), score=candidate.score, reasons=candidate.reasons)


@strawberry.type(description="Others may be this person already. For staff only; nobody else is told.")
class PossibleDuplicates(UserError):
    candidates: list[DuplicateCandidate] = strawberry.field(description="The likeliest first, at most ten.")


def registration_errors(rejection: Rejected) -> list[UserError]:
    """As ``shown_errors``, with the candidates."""
    found = [error for error in rejection.errors if isinstance(error, RaisedDuplicates)]
    if not found:
        return shown_errors(rejection)
    return [
        PossibleDuplicates(
            message=error.message,
            code=error.code,
            path=error.path,
            candidates=[DuplicateCandidate.of(candidate) for candidate in error.candidates],
        )
        for error in found
    ]
