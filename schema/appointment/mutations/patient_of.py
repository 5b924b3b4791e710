"""Who a visit is for."""

import strawberry

from resolvers.user_errors import InvalidInput, Rejected
from schema.info import Info
from schema.node import id_of


def patient_of(info: Info, patient: strawberry.ID | None) -> str:
    """The patient that is named, or else the one that the caller is. Raises Rejected when there is neither."""
    if patient is not None:
        return id_of("Patient", patient, ["input", "patient"]) or ""
    own = next(iter(info.context.access.own), None)
    if own is None:
        raise Rejected(InvalidInput(message="Say who comes: the caller is no patient.", path=["patient"]))
    return own
