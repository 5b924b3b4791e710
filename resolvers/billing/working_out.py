"""Who owes what of a draft, as the benefits are known now."""

from datetime import datetime
from typing import Any

from models.invoice import Invoice, InvoiceStatus, PlanUse
from models.money import Money
from resolvers.billing.responsibility import PlanTerms, Shares, share
from resolvers.billing.terms import Service, terms_for
from resolvers.encoding import stored_changes
from resolvers.ports import Session


async def worked_out(session: Session, invoice: Invoice, instant: datetime) -> tuple[dict[str, Any], Shares]:
    """The fields of a draft that follow from its lines and the patient's coverages."""
    terms: list[PlanTerms] = []
    currency = invoice.total.currency
    on = invoice.service_on or instant.date()
    if invoice.insured:
        service = Service(patient_id=invoice.patient_id, service_type=invoice.service_type, on=on, currency=currency)
        terms = await terms_for(session, service, instant)
    shares = share(invoice.total.minor_units, terms, currency, insured=invoice.insured)
    uses = [
        PlanUse(
            coverage_id=use.terms.coverage_id,
            check_id=use.terms.check_id or "",
            plan_year=on.year,
            deductible=Money(minor_units=use.deductible, currency=currency),
            out_of_pocket=Money(minor_units=use.out_of_pocket, currency=currency),
        )
        for use in shares.uses
    ]
    paying = next((each for each in terms if each.pays), None)
    return {
        "coverage_id": paying.coverage_id if paying else None,
        "insurance": Money(minor_units=shares.insurance, currency=currency),
        "patient_responsibility": Money(minor_units=shares.patient, currency=currency),
        "explanation": list(shares.steps),
        "benefits_known": shares.known,
        "plan_uses": uses,
    }, shares


async def work_out_drafts(session: Session, patient_id: str, instant: datetime) -> None:
    """After something new is known of a patient's coverages: drafts follow, what was issued stays as it is."""
    within = {"patient_id": patient_id, "status": InvoiceStatus.DRAFT.value, "source": None, "insured": {"$ne": False}}
    for draft in await Invoice.find(within, session=session).sort("_id").to_list():
        changes, _ = await worked_out(session, draft, instant)
        await update_draft(session, draft, changes, instant)


async def update_draft(session: Session, draft: Invoice, changes: dict[str, Any], instant: datetime) -> bool:
    """False when it is no longer the draft that was read."""
    within = {"_id": draft.id, "revision": draft.revision, "status": InvoiceStatus.DRAFT.value}
    change = {"$set": {**stored_changes(Invoice, changes), "updated_at": instant}, "$inc": {"revision": 1}}
    updated = await Invoice.get_pymongo_collection().update_one(within, change, session=session)
    return updated.matched_count == 1
