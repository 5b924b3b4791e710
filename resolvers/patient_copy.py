"""A patient's whole record, as whoever asks for a copy may see it (45 CFR 164.524)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from beanie import SortDirection

from models.appointment import Appointment
from models.base import StoredDocument
from models.coverage import Coverage
from models.invoice import Invoice
from models.patient import Patient
from models.record import Record
from models.role import Role
from resolvers.audit.asked import Asked
from resolvers.audit.settling import settle
from resolvers.calendar.reading import become
from resolvers.context import RequestContext
from resolvers.policy import restrict

PAGE = 500
_ASKED = Asked("patient.fhirBundle", coordinates=lambda: {"Patient": ["Patient.fhirBundleUrl"]})
_READERS = frozenset({Role.PATIENT, Role.PROVIDER})
_HELD_TOGETHER: tuple[type[StoredDocument], ...] = (Appointment, Coverage, Record, Invoice)
_BY_ID = [("_id", SortDirection.ASCENDING)]


async def read_patient(context: RequestContext, account_id: str, patient_id: str) -> Patient | None:
    """As the account, in its roles of patient and provider alone. None for what is not, or no longer, its to see."""
    context.asked = _ASKED
    account = await become(context, account_id)
    if account is None or _READERS.isdisjoint(account.roles):
        context.trail.asked_in_vain(Patient, [patient_id])
        return None
    context.renew(replace(context.principal, roles=context.principal.roles & _READERS))
    return await context.loaders.patients.load(patient_id)


async def pages(context: RequestContext, patient: Patient) -> AsyncIterator[list[StoredDocument]]:
    """Everything of the patient that the caller sees, 500 documents at a time at most; a page is in the trail before it is given.

    People and places that the documents refer to come before them. Raises AuditUnavailable.
    """
    told: set[str] = set()
    yield [*await _referred_to(context, [patient], told), patient]
    for kind in _HELD_TOGETHER:
        after = ""
        while True:
            visible = await restrict(kind, context.access, {"patient_id": patient.id, "_id": {"$gt": after}})
            rows = await kind.find(visible, with_children=True, batch_size=PAGE).sort(_BY_ID).limit(PAGE).to_list()
            if not rows:
                break
            after = rows[-1].id
            page = context.access.shown(rows)
            people = await _referred_to(context, page, told)
            await settle(context)
            yield [*people, *page]


async def _referred_to(context: RequestContext, documents: list[StoredDocument], told: set[str]) -> list[StoredDocument]:
    """Providers and organizations that were not told of yet: the directory is open to all."""
    providers = {getattr(document, link, None) for document in documents for link in ("author_id", "provider_id")}
    for document in documents:
        if isinstance(document, Patient):
            providers |= {member.provider_id for member in document.care_team}
    organizations = {getattr(document, "organization_id", None) for document in documents}
    found: list[StoredDocument] = []
    for loader, named in ((context.loaders.organizations, organizations), (context.loaders.providers, providers)):
        new = sorted(each for each in named - told if each)
        told.update(new)
        loaded: list[Any] = await loader.load_many(new)
        found += [document for document in loaded if document is not None]
    return found
