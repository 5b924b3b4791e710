"""Replaces rows by de-identified copies, for one operation of an analyst."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from models.account import Account
from models.appointment import Appointment
from models.base import StoredDocument
from models.coverage import Coverage
from models.education import EducationResource
from models.invoice import Invoice, Payment
from models.organization import Organization
from models.patient import Patient
from models.provider import Provider
from models.record import Record
from models.role import Role
from models.visit_type import VisitType
from resolvers.deidentification.copies import appointment_copy, coverage_copy, invoice_copy, patient_copy, payment_copy
from resolvers.deidentification.record_copies import record_copy
from resolvers.deidentification.references import References, kind_of
from resolvers.deidentification.sample import Sample
from resolvers.deidentification.years import Years, age_group
from resolvers.ports import Pseudonyms
from resolvers.principal import Principal

D = TypeVar("D", bound=StoredDocument)

_COPIES: dict[type[StoredDocument], Callable[[Any, References, Years], StoredDocument]] = {
    Patient: patient_copy,
    Appointment: appointment_copy,
    Invoice: invoice_copy,
    Payment: payment_copy,
    Coverage: coverage_copy,
}
_ANALYST_ALONE = frozenset({Role.ANALYST})
# No patient's data: the directory, articles, and the analyst's own account.
_AS_THEY_ARE = (Account, EducationResource, Organization, Provider, VisitType)


class Deidentifier:
    """Lives as long as one operation."""

    def __init__(self, pseudonyms: Pseudonyms, instant: datetime) -> None:
        self.references = References(pseudonyms)
        self._today = instant.date()
        self._years = Years(self._today)
        self._age_groups: dict[str, str | None] = {}

    def copy(self, document: D) -> D:
        """Raises KeyError for a document that has no de-identified form: better a fault than a leak."""
        if isinstance(document, _AS_THEY_ARE):
            return document
        make = record_copy if isinstance(document, Record) else _COPIES[type(document)]
        made = make(cast("Any", document), self.references, self._years)
        if isinstance(document, Patient):
            until = document.deceased_at.date() if document.deceased_at else self._today
            self._age_groups[made.id] = age_group(document.birth_date, until)
        return cast("D", made)

    def age_group(self, patient: Patient) -> str | None:
        """Of a copy. Worked out while the birth date was at hand: the copy has none where it would tell of an age over 89."""
        return self._age_groups[patient.id]

    def sample(self, document: type[StoredDocument]) -> Sample | None:
        """How rows of a document are paged; None for what is no patient's."""
        kind = kind_of(document)
        return None if kind is None else Sample(kind, self.references.pseudonyms)


def deidentifier_for(principal: Principal, instant: datetime, pseudonyms: Pseudonyms | None) -> Deidentifier | None:
    """For callers who are nothing but analysts. An account with further roles sees what those let it see, as it is."""
    if pseudonyms is None or principal.roles != _ANALYST_ALONE:
        return None
    return Deidentifier(pseudonyms, instant)
