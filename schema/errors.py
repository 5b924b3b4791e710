"""User errors, shown: what a person can mend."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from models.record import Allergy as StoredAllergy
from models.record import AllergyCriticality
from resolvers import user_errors as raised
from schema.appointment.slot import Slot
from schema.info import Info
from schema.values import Period

if TYPE_CHECKING:
    from schema.record.clinical import Allergy


@strawberry.interface(description="Something that a person can mend.")
class UserError:
    message: str = strawberry.field(description="For people.")
    code: str = strawberry.field(description="For programs.")
    path: list[str] = strawberry.field(description="From the input's root to the field; empty for the whole.")


@strawberry.type(description="A field of the input cannot be used.")
class InvalidInput(UserError):
    pass


@strawberry.type(description="What the input names is not there, or not the caller's to see.")
class NotFound(UserError):
    pass


@strawberry.type(description="Somebody else was faster, or it is there already.")
class Conflict(UserError):
    current_version: int | None = strawberry.field(
        default=None, description="The version that stands and was not known, where there are versions."
    )


@strawberry.type(description="The idempotency key was used with another input.")
class IdempotencyConflict(UserError):
    pass


@strawberry.type(description="The e-mail address or the password is wrong.")
class InvalidCredentials(UserError):
    pass


@strawberry.type(description="The password is right; the code of the second factor is asked for as well.")
class SecondFactorRequired(UserError):
    pass


@strawberry.type(description="Slow down.")
class TooManyAttempts(UserError):
    retry_after_seconds: int = strawberry.field(description="How long to wait.")


@strawberry.type(description="The time cannot be booked.")
class SlotUnavailable(UserError):
    blocked_by: Period | None = strawberry.field(
        description="The time that is taken, with buffers; not whose it is. Null when nothing is taken: it is not offered."
    )
    alternatives: list[Slot] = strawberry.field(description="The next free slots, at most three.")


@strawberry.type(description="Both patients have visits at the same time, not over yet: cancel or move one of each first.")
class OverlappingVisits(UserError):
    periods: list[Period] = strawberry.field(description="When the patient to merge has such visits, at most 20.")


@strawberry.type(
    description="The patient is known to be allergic to an ingredient: acknowledge it with a reason, or choose another."
)
class AllergyWarning(UserError):
    criticality: AllergyCriticality | None = strawberry.field(
        description="How much harm the next exposure could do; null where it is not known, or not the caller's to know."
    )
    allergy_id: strawberry.Private[str | None]

    @strawberry.field(description="Which allergy; null for one that the caller may not see.")
    async def allergy(self, info: Info) -> Annotated["Allergy", strawberry.lazy("schema.record.clinical")] | None:
        from schema.record.clinical import Allergy

        found = None if self.allergy_id is None else await info.context.loaders.records.load(self.allergy_id)
        return Allergy.from_document(found) if isinstance(found, StoredAllergy) else None


USER_ERRORS: tuple[type[UserError], ...] = (
    OverlappingVisits,
    AllergyWarning,
    InvalidInput,
    NotFound,
    Conflict,
    IdempotencyConflict,
    InvalidCredentials,
    SecondFactorRequired,
    TooManyAttempts,
    SlotUnavailable,
)


def shown_errors(rejection: raised.Rejected) -> list[UserError]:
    """The errors of a rejected use case as GraphQL shows them."""
    return [_shown(error) for error in rejection.errors]


def _shown(error: raised.UserError) -> UserError:
    match error:
        case raised.TooManyAttempts(message=message, code=code, path=path, retry_after_seconds=wait):
            return TooManyAttempts(message=message, code=code, path=path, retry_after_seconds=wait)
        case raised.SlotUnavailable(message=message, code=code, path=path, blocked_by=span, alternatives=slots):
            period = Period(start=span.start, end=span.end) if span else None
            free = [Slot.of(slot) for slot in slots]
            return SlotUnavailable(message=message, code=code, path=path, blocked_by=period, alternatives=free)
        case raised.OverlappingVisits(message=message, code=code, path=path, periods=spans):
            times = [Period(start=span.start, end=span.end) for span in spans]
            return OverlappingVisits(message=message, code=code, path=path, periods=times)
        case raised.Conflict(message=message, code=code, path=path, current_version=version):
            return Conflict(message=message, code=code, path=path, current_version=version)
        case raised.AllergyWarning(message=message, code=code, path=path, allergy_id=allergy_id, criticality=criticality):
            return AllergyWarning(message=message, code=code, path=path, allergy_id=allergy_id, criticality=criticality)
        case raised.NotFound():
            kind: type[UserError] = NotFound
        case raised.IdempotencyConflict():
            kind = IdempotencyConflict
        case raised.InvalidCredentials():
            kind = InvalidCredentials
        case raised.SecondFactorRequired():
            kind = SecondFactorRequired
        case _:
            kind = InvalidInput
    return kind(message=error.message, code=error.code, path=error.path)
