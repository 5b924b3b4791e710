"""Whose a document is, and whether looking at it is written down."""

from enum import Enum, auto

from models.account import Account
from models.audit_event import AuditEvent
from models.base import StoredDocument
from models.break_glass import BreakGlassGrant
from models.patient import Patient
from models.role import Role
from resolvers.principal import Principal


class Ownership(Enum):
    NOBODY = auto()
    """The directory, education: no entry."""
    PATIENT = auto()
    """It is the patient."""
    OF_PATIENT = auto()
    """It names its patient in ``patient_id``; without one there is no patient data in it."""
    HOUSE = auto()
    """Accounts and what watches over them: an entry when an administrator looks, which is no patient's."""


_HOUSE = (Account, AuditEvent, BreakGlassGrant)
_KNOWN: dict[type[StoredDocument], Ownership] = {}


def ownership(document: type[StoredDocument]) -> Ownership:
    known = _KNOWN.get(document)
    if known is None:
        known = _KNOWN[document] = _of_class(document)
    return known


def _of_class(document: type[StoredDocument]) -> Ownership:
    if issubclass(document, Patient):
        return Ownership.PATIENT
    if issubclass(document, _HOUSE):
        return Ownership.HOUSE
    return Ownership.OF_PATIENT if "patient_id" in document.model_fields else Ownership.NOBODY


def is_watched(document: StoredDocument, patient_id: str | None, principal: Principal) -> bool:
    """Whether a look at a HOUSE document is written down. One's own account is nobody else's business."""
    return Role.ADMIN in principal.roles or (patient_id is not None and not isinstance(document, Account))


def patient_of_house(document: StoredDocument, principal: Principal) -> str | None:
    return None if Role.ADMIN in principal.roles else getattr(document, "patient_id", None)
