"""Drafts of invoices: from a visit, or by hand. Nothing is asked of anybody before a draft is issued."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic_core import to_jsonable_python
from pymongo.errors import DuplicateKeyError

from models.appointment import Appointment
from models.confidentiality import Confidentiality
from models.invoice import Invoice, InvoiceStatus
from models.money import Money
from models.patient import Patient
from models.values import CodeableConcept
from resolvers.billing.charges import Charges, charges_of, in_one_currency, zero
from resolvers.billing.lines import LineWish, check_amount, check_lines, priced, total_of
from resolvers.billing.working_out import update_draft, worked_out
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected

PROFESSIONAL_VISIT = "98"
"""X12 service type: professional (physician) visit, office."""

_GONE = [InvoiceStatus.CANCELLED.value, InvoiceStatus.ENTERED_IN_ERROR.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWish:
    """Of a visit or of a patient. ``lines`` are added to what the visit is charged.

    ``insured`` false: no plan is asked to pay. None takes what the visit says.
    """

    patient_id: str | None = None
    appointment_id: str | None = None
    lines: Sequence[LineWish] = ()
    discount: Money | None = None
    service_type: str = PROFESSIONAL_VISIT
    service_on: date | None = None
    insured: bool | None = None
    due_on: date | None = None

    def noted(self) -> dict[str, Any]:
        found: dict[str, Any] = to_jsonable_python({name: getattr(self, name) for name in self.__slots__})
        return found


@dataclass(frozen=True, slots=True)
class Drafted:
    """``unpriced`` are procedures of the visit that have no price: they are not on the draft."""

    invoice_id: str
    unpriced: list[CodeableConcept] = field(default_factory=list)


async def create_invoice(context: RequestContext, wish: DraftWish, key: str | None) -> Drafted:
    """Raises Rejected: NotFound, NOTHING_TO_BILL, a Conflict ALREADY_INVOICED, and everything that is wrong with the input."""
    await _must_be_visible(context, wish)

    async def work(session: Session) -> Answer:
        charges, visit = await _charges(session, wish)
        invoice = _draft(context, wish, charges, visit)
        changes, _ = await worked_out(session, invoice, context.access.instant)
        invoice = invoice.model_copy(update=changes)
        await invoice.insert(session=session)
        context.trail.changed("Invoice", invoice.id, invoice.patient_id, ["lines", "status"])
        return {"id": invoice.id, "unpriced": [concept.model_dump(mode="json") for concept in charges.unpriced]}

    try:
        answer = await once(context, "createInvoice", key, wish.noted(), work)
    except DuplicateKeyError:
        raise Rejected(_already()) from None
    return Drafted(answer["id"], [CodeableConcept.model_validate(each) for each in answer["unpriced"]])


async def _must_be_visible(context: RequestContext, wish: DraftWish) -> None:
    if (wish.patient_id is None) == (wish.appointment_id is None):
        raise Rejected(InvalidInput(message="Give either an appointment or a patient.", path=["appointment"]))
    if wish.patient_id is not None:
        visible = await restrict(Patient, context.access, {"_id": wish.patient_id})
        if not await Patient.find(visible).exists():
            raise Rejected(NotFound(message="No such patient.", path=["patient"]))
    else:
        visible = await restrict(Appointment, context.access, {"_id": wish.appointment_id})
        if not await Appointment.find(visible).exists():
            raise Rejected(NotFound(message="No such visit.", path=["appointment"]))


async def _charges(session: Session, wish: DraftWish) -> tuple[Charges, Appointment | None]:
    if wish.appointment_id is None:
        return Charges(lines=[], insured=True, billed="", confidentiality=Confidentiality.NORMAL), None
    visit = await Appointment.get(wish.appointment_id, session=session)
    if visit is None:
        raise Rejected(NotFound(message="No such visit.", path=["appointment"]))
    asked = {"appointment_id": visit.id, "status": {"$nin": _GONE}, "credits_invoice_id": None}
    others = await Invoice.find(asked, session=session).to_list()
    credited = {"credits_invoice_id": {"$in": [each.id for each in others]}}
    notes = await Invoice.find(credited, session=session).to_list()
    for other in others:
        back = sum(note.total.minor_units for note in notes if note.credits_invoice_id == other.id)
        if other.total.minor_units + back != 0:
            raise Rejected(_already())
    return await charges_of(session, visit), visit


def _already() -> Conflict:
    message = "The visit has an invoice: change its draft, or credit it first."
    return Conflict(message=message, code="ALREADY_INVOICED", path=["appointment"])


def _draft(context: RequestContext, wish: DraftWish, charges: Charges, visit: Appointment | None) -> Invoice:
    wishes = [*charges.lines, *wish.lines]
    currency = wishes[0].unit_price.currency if wishes else context.loaders.currency
    in_one_currency(charges, currency)
    complaints = Complaints()
    if charges.lines:
        check_lines(complaints, wish.lines or charges.lines, None, currency)
        if wish.discount is not None and not complaints.found:
            check_amount(complaints, wish.discount, ["discount"], currency, most=sum(line.net for line in wishes))
    else:
        check_lines(complaints, wishes, wish.discount, currency)
    on = wish.service_on or (visit.start.astimezone(ZoneInfo(visit.time_zone)).date() if visit and visit.start else None)
    today = context.access.instant.date()
    check_dates(complaints, wish, today)
    complaints.check()
    lines = priced(wishes, wish.discount, currency)
    total = total_of(lines, currency)
    return Invoice(
        status=InvoiceStatus.DRAFT,
        patient_id=visit.patient_id if visit else wish.patient_id or "",
        appointment_id=wish.appointment_id,
        lines=lines,
        total=total,
        insurance=zero(currency),
        patient_responsibility=total,
        due_on=wish.due_on,
        billed=charges.billed or None,
        insured=charges.insured if wish.insured is None else wish.insured,
        service_on=on or today,
        service_type=wish.service_type,
        confidentiality=charges.confidentiality,
    )


def check_dates(complaints: Complaints, wish: DraftWish, today: date) -> None:
    if wish.service_on is not None and wish.service_on > today:
        complaints.add(["serviceOn"], f"Is {wish.service_on.isoformat()}; it cannot be in the future.")
    if wish.due_on is not None and wish.due_on < today:
        complaints.add(["dueOn"], f"Is {wish.due_on.isoformat()}; it cannot be in the past.")
    if not (1 <= len(wish.service_type) <= 2 and wish.service_type.isascii() and wish.service_type.isalnum()):
        complaints.add(["serviceType"], "Is not an X12 service type code: one or two letters or digits, such as 98.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChange:
    """What is None stays. ``lines`` take the place of all lines."""

    invoice_id: str
    lines: Sequence[LineWish] | None = None
    discount: Money | None = None
    service_type: str | None = None
    insured: bool | None = None
    due_on: date | None = None
    expected_revision: int | None = None

    def noted(self) -> dict[str, Any]:
        found: dict[str, Any] = to_jsonable_python({name: getattr(self, name) for name in self.__slots__})
        return found


async def update_invoice(context: RequestContext, change: DraftChange, key: str | None) -> None:
    """Raises Rejected: NotFound, FROZEN once issued, Conflict, and everything that is wrong with the input."""
    await invoice_must_be_visible(context, change.invoice_id)

    async def work(session: Session) -> Answer:
        draft = await read_draft(session, change.invoice_id, change.expected_revision)
        changes = _changes(context, draft, change)
        wanted = draft.model_copy(update=changes)
        more, _ = await worked_out(session, wanted, context.access.instant)
        if not await update_draft(session, draft, {**changes, **more}, context.access.instant):
            raise Rejected(_changed_meanwhile(draft))
        context.trail.changed("Invoice", draft.id, draft.patient_id, sorted(changes))
        return {}

    await once(context, "updateInvoice", key, change.noted(), work)


def _changes(context: RequestContext, draft: Invoice, change: DraftChange) -> dict[str, Any]:
    complaints = Complaints()
    currency = draft.total.currency
    changes: dict[str, Any] = {}
    if change.lines is not None:
        check_lines(complaints, change.lines, change.discount, currency)
    elif change.discount is not None:
        complaints.add(["discount"], "Comes with the lines that it is spread over: give them, too.")
    wish = DraftWish(service_type=change.service_type or draft.service_type, due_on=change.due_on)
    check_dates(complaints, wish, context.access.instant.date())
    complaints.check()
    if change.lines is not None:
        changes["lines"] = priced(change.lines, change.discount, currency)
        changes["total"] = total_of(changes["lines"], currency)
    given = {"service_type": change.service_type, "insured": change.insured, "due_on": change.due_on}
    return {**changes, **{name: value for name, value in given.items() if value is not None}}


async def cancel_invoice(context: RequestContext, invoice_id: str, *, in_error: bool, key: str | None) -> None:
    """Gives a draft up. Raises Rejected: NotFound, FROZEN once issued: that is credited."""
    await invoice_must_be_visible(context, invoice_id)
    status = InvoiceStatus.ENTERED_IN_ERROR if in_error else InvoiceStatus.CANCELLED

    async def work(session: Session) -> Answer:
        draft = await read_draft(session, invoice_id, None)
        within = {"_id": draft.id, "status": InvoiceStatus.DRAFT.value}
        change = {
            "$set": {"status": status.value, "updated_at": context.access.instant},
            "$unset": {"billed": ""},
            "$inc": {"revision": 1},
        }
        await Invoice.get_pymongo_collection().update_one(within, change, session=session)
        context.trail.changed("Invoice", draft.id, draft.patient_id, ["status"])
        return {}

    await once(context, "cancelInvoice", key, {"id": invoice_id, "in_error": in_error}, work)


async def invoice_must_be_visible(context: RequestContext, invoice_id: str, path: Sequence[str] = ("id",)) -> Invoice:
    """Raises Rejected with NotFound."""
    found = await Invoice.find_one(await restrict(Invoice, context.access, {"_id": invoice_id}))
    if found is None:
        raise Rejected(NotFound(message="No such invoice.", path=list(path)))
    return found


async def read_draft(session: Session, invoice_id: str, expected_revision: int | None) -> Invoice:
    """Raises Rejected: FROZEN, Conflict."""
    draft = await read_invoice(session, invoice_id)
    if draft.status is not InvoiceStatus.DRAFT:
        message = f"The invoice is {draft.status}: only drafts change. What was issued is corrected by a credit note."
        raise Rejected(InvalidInput(message=message, code="FROZEN", path=["id"]))
    if expected_revision is not None and draft.revision != expected_revision:
        message = f"The invoice is at revision {draft.revision}, not {expected_revision}: look at it again."
        raise Rejected(Conflict(message=message, path=["expectedRevision"], current_version=draft.revision))
    return draft


async def read_invoice(session: Session, invoice_id: str, path: Sequence[str] = ("id",)) -> Invoice:
    found: Invoice | None = await Invoice.get(invoice_id, session=session)
    if found is None:
        raise Rejected(NotFound(message="No such invoice.", path=list(path)))
    return found


def _changed_meanwhile(draft: Invoice) -> Conflict:
    return Conflict(message="The invoice was changed meanwhile: look at it again.", path=["id"], current_version=draft.revision)


def local_day(instant: datetime, time_zone: str) -> date:
    return instant.astimezone(ZoneInfo(time_zone)).date()
