"""What a visit is charged: its type's price, what was done at it, or the fee for not keeping it."""

from dataclasses import dataclass, field
from datetime import UTC
from zoneinfo import ZoneInfo

from models.appointment import Appointment, AppointmentStatus
from models.charge_definition import ChargeDefinition
from models.confidentiality import Confidentiality, strictest
from models.money import Money
from models.record import Procedure, RecordStatus
from models.values import CodeableConcept, Coding
from models.visit_type import VisitType
from resolvers.billing.lines import LineWish
from resolvers.ports import Session
from resolvers.user_errors import InvalidInput, Rejected

_NOT_DONE = [RecordStatus.CANCELLED.value, RecordStatus.ENTERED_IN_ERROR.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """``unpriced`` are procedures that the price list does not know. ``insured`` false: no plan pays fees.

    ``billed`` names what is charged, once.
    """

    lines: list[LineWish]
    insured: bool
    billed: str
    confidentiality: Confidentiality
    unpriced: list[CodeableConcept] = field(default_factory=list)


async def charges_of(session: Session, visit: Appointment) -> Charges:
    """Raises Rejected with NOTHING_TO_BILL for a visit that was neither kept nor costs a fee."""
    fee = visit.cancellation.fee if visit.cancellation else visit.no_show_fee
    if visit.status is AppointmentStatus.FULFILLED:
        return await _of_kept(session, visit)
    if visit.status not in {AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW} or fee is None or fee.minor_units == 0:
        message = f"The visit is {visit.status} and no fee is asked for: there is nothing to bill."
        raise Rejected(InvalidInput(message=message, code="NOTHING_TO_BILL", path=["appointment"]))
    label = "Late cancellation" if visit.status is AppointmentStatus.CANCELLED else "Missed visit"
    line = LineWish(description=f"{label}{_day(visit)}", unit_price=fee)
    return Charges(lines=[line], insured=False, billed=f"fee:{visit.id}", confidentiality=visit.confidentiality)


async def _of_kept(session: Session, visit: Appointment) -> Charges:
    visit_type = None if visit.visit_type_id is None else await VisitType.get(visit.visit_type_id, session=session)
    lines = []
    if visit_type is not None and visit_type.price.minor_units:
        description = f"{visit_type.name}{_day(visit)}"
        lines.append(LineWish(description=description, code=visit_type.code, unit_price=visit_type.price))
    within = {"appointment_id": visit.id, "status": {"$nin": _NOT_DONE}}
    done = await Procedure.find(within, session=session).sort("_id").to_list()
    prices = await _prices(session, done)
    unpriced = []
    for procedure in done:
        charge = next((prices[key] for key in map(_key, procedure.code.codings) if key in prices), None)
        if charge is None:
            unpriced.append(procedure.code)
        else:
            lines.append(_line(procedure.code, charge))
    level = strictest(visit.confidentiality, *(procedure.confidentiality for procedure in done))
    return Charges(lines=lines, insured=True, billed=f"visit:{visit.id}", confidentiality=level, unpriced=unpriced)


def _line(code: CodeableConcept, charge: ChargeDefinition) -> LineWish:
    tax = charge.tax_percent or None
    return LineWish(description=charge.description, code=code, unit_price=charge.price, tax_percent=tax)


async def _prices(session: Session, done: list[Procedure]) -> dict[tuple[str, str], ChargeDefinition]:
    codings = {_key(coding) for procedure in done for coding in procedure.code.codings}
    if not codings:
        return {}
    wanted = [{"system": system, "code": code} for system, code in sorted(codings)]
    found = await ChargeDefinition.find({"$or": wanted, "active": True}, session=session).to_list()
    return {(charge.system, charge.code): charge for charge in found}


def _key(coding: Coding) -> tuple[str, str]:
    return coding.system, coding.code


def _day(visit: Appointment) -> str:
    if visit.start is None:
        return ""
    return f", {visit.start.astimezone(ZoneInfo(visit.time_zone) if visit.time_zone else UTC).date().isoformat()}"


def in_one_currency(charges: Charges, currency: str) -> None:
    """Raises Rejected where prices are in different currencies: a sum of them would be a lie."""
    found = {line.unit_price.currency for line in charges.lines}
    if found - {currency}:
        message = f"Prices are in {', '.join(sorted(found))}; an invoice has one currency."
        raise Rejected(InvalidInput(message=message, code="MIXED_CURRENCIES", path=["appointment"]))


def zero(currency: str) -> Money:
    return Money(minor_units=0, currency=currency)
