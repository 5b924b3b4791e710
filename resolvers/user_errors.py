"""What a person can mend: returned in a mutation's payload, beside the data, never as a fault."""

from dataclasses import dataclass, field

from models.record import AllergyCriticality
from resolvers.scheduling.free_slot import FreeSlot
from resolvers.scheduling.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class UserError:
    """``path`` leads from the input's root to the field; ``code`` is for programs."""

    message: str
    code: str
    path: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidInput(UserError):
    code: str = "INVALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound(UserError):
    """Not there, or not for this caller to see."""

    code: str = "NOT_FOUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict(UserError):
    """``current_version`` is the version that the caller did not know, where there are versions."""

    code: str = "CONFLICT"
    current_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyConflict(UserError):
    code: str = "IDEMPOTENCY_CONFLICT"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidCredentials(UserError):
    code: str = "INVALID_CREDENTIALS"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorRequired(UserError):
    """The password is right, and not enough."""

    code: str = "SECOND_FACTOR_REQUIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyAttempts(UserError):
    code: str = "TOO_MANY_ATTEMPTS"
    retry_after_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotUnavailable(UserError):
    """``blocked_by`` is the period that is taken, not by whom; None where nothing is taken but the time is not offered."""

    code: str = "SLOT_UNAVAILABLE"
    blocked_by: Span | None = None
    alternatives: list[FreeSlot] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlappingVisits(UserError):
    """``periods`` of visits of the merged patient at which the kept one has a visit as well."""

    code: str = "OVERLAPPING_VISITS"
    periods: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyWarning(UserError):
    """``allergy_id`` None: one that the caller may not see."""

    code: str = "ALLERGY"
    allergy_id: str | None = None
    criticality: AllergyCriticality | None = None


class Rejected(Exception):
    """Ends a use case without any effect; the mutation shows ``errors``."""

    def __init__(self, *errors: UserError) -> None:
        super().__init__(", ".join(error.code for error in errors))
        self.errors = list(errors)
