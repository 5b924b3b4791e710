"""What is charged for a visit."""

from models.appointment import Appointment, AppointmentStatus
from models.invoice import InvoiceLine
from models.money import Money
from models.record import Immunization, LabReport, Record
from models.values import CodeableConcept, Coding
from ohms_graphql.demo.data.laboratory import PANELS, STREP_TEST, STREP_TEST_CENTS
from ohms_graphql.demo.data.prevention import VACCINE_CENTS
from ohms_graphql.demo.outcomes import Kept

_CHARGES = "urn:ohms:demo:charges"
"""The clinic's own price list."""
_DRAW_CENTS = 900
_PANEL_CENTS = {panel.code.text: panel.cents for panel in PANELS.values()} | {STREP_TEST.text: STREP_TEST_CENTS}


def lines(kept: Kept, records: list[Record]) -> list[InvoiceLine]:
    """The visit and what was done at it, or the fee for a late cancellation; nothing for other visits."""
    if kept.appointment.status is AppointmentStatus.FULFILLED:
        kind = kept.visit.kind
        return [_line(kind.key, kind.name, kind.cents), *_extras(records)]
    fee = _fee(kept.appointment)
    return [] if fee is None else [_line("late-cancellation", "Late cancellation", fee.minor_units)]


def _fee(appointment: Appointment) -> Money | None:
    return appointment.cancellation.fee if appointment.cancellation else None


def _extras(records: list[Record]) -> list[InvoiceLine]:
    """Laboratory reports each on a line of its own; vaccine doses counted."""
    reports = [record.code.text for record in records if isinstance(record, LabReport)]
    found = [_line("laboratory", f"Laboratory: {text}", _PANEL_CENTS[text]) for text in reports]
    if any(text != STREP_TEST.text for text in reports):
        found.append(_line("draw", "Blood draw", _DRAW_CENTS))
    doses = sum(isinstance(record, Immunization) and record.given for record in records)
    if doses:
        found.append(_line("vaccine", "Vaccine, dose", VACCINE_CENTS, quantity=doses))
    return found


def _line(code: str, description: str, cents: int, *, quantity: int = 1) -> InvoiceLine:
    price = Money(minor_units=cents)
    return InvoiceLine(
        code=CodeableConcept(text=description, codings=[Coding(system=_CHARGES, code=code, display=description)]),
        description=description,
        quantity=quantity,
        unit_price=price,
        amount=price * quantity,
    )
