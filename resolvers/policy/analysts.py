"""Which rows analysts read, de-identified. Nothing confidential, nothing entered in error, and no words."""

from models.appointment import AppointmentStatus
from models.coverage import CoverageStatus
from models.invoice import InvoiceStatus
from models.record import RecordStatus
from models.role import Role
from resolvers.access import Access
from resolvers.deidentification.record_copies import CODED_KINDS
from resolvers.policy.rule import EVERYTHING, ORDINARY, Filter, Rules, VisibleBy

_WHY = (
    "Analysts, and only those who are nothing else, read de-identified {what} (45 CFR 164.514(b)(2)): nothing confidential, "
    "nothing entered in error."
)


def _rules(what: str, rows: Filter) -> Rules:
    async def sample(access: Access, _within: Filter) -> Filter | None:
        # Without pseudonyms there is nothing that may be shown.
        return None if access.deidentifier is None else rows

    return (VisibleBy(name="de-identified", roles=frozenset({Role.ANALYST}), why=_WHY.format(what=what), rows=sample),)


_NOT_ASKED = [InvoiceStatus.DRAFT.value, InvoiceStatus.ENTERED_IN_ERROR.value]
# Within $and, because Beanie writes its own condition on the kind over one of the same name.
_CODED: Filter = {"$and": [{"_class_id": {"$in": [f"Record.{kind.__name__}" for kind in CODED_KINDS]}}]}

SAMPLED_PATIENTS = _rules("patients", EVERYTHING)
SAMPLED_APPOINTMENTS = _rules("visits", {**ORDINARY, "status": {"$ne": AppointmentStatus.ENTERED_IN_ERROR.value}})
SAMPLED_INVOICES = _rules("invoices", {**ORDINARY, "status": {"$nin": _NOT_ASKED}})
SAMPLED_PAYMENTS = _rules("payments", ORDINARY)
SAMPLED_LEDGER = _rules("sums of the ledger", ORDINARY)
SAMPLED_COVERAGES = _rules("coverages", {"status": {"$ne": CoverageStatus.ENTERED_IN_ERROR.value}})
SAMPLED_RECORDS = _rules("coded records", {**ORDINARY, **_CODED, "status": {"$ne": RecordStatus.ENTERED_IN_ERROR.value}})
