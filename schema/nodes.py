"""Any node by its id: which document stands behind a type, and what shows it."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from models.account import Account as AccountDocument
from models.appointment import Appointment as AppointmentDocument
from models.audit_event import AuditEvent as AuditEventDocument
from models.base import StoredDocument
from models.break_glass import BreakGlassGrant as GrantDocument
from models.charge_definition import ChargeDefinition as ChargeDocument
from models.coverage import Coverage as CoverageDocument
from models.coverage import EligibilityCheck as CheckDocument
from models.education import EducationResource as EducationDocument
from models.invoice import Invoice as InvoiceDocument
from models.invoice import Payment as PaymentDocument
from models.organization import Organization as OrganizationDocument
from models.patient import Patient as PatientDocument
from models.patient_merge import PatientMerge as MergeDocument
from models.payer import Payer as PayerDocument
from models.provider import Provider as ProviderDocument
from models.record import Record as RecordDocument
from models.visit_type import VisitType as VisitTypeDocument
from resolvers.errors import BadInput
from schema.access.types import BreakGlassGrant
from schema.account.types import Account
from schema.appointment.types import Appointment
from schema.audit.types import AuditEvent
from schema.authorization import auth
from schema.coverage.payers import Payer
from schema.coverage.types import Coverage, EligibilityCheck
from schema.education.types import EducationResource
from schema.info import Info
from schema.invoice.price_list import ChargeDefinition
from schema.invoice.types import Invoice, Payment
from schema.node import Id, Node, read_global_id
from schema.patient.merges import PatientMerge
from schema.patient.types import Patient
from schema.provider.types import Organization, Provider, VisitType
from schema.record.types import RECORD_TYPES, as_record
from schema.rights import EVERYBODY

NODES: dict[str, tuple[type[StoredDocument], Callable[[Any], Node]]] = {
    "Account": (AccountDocument, Account.from_document),
    "Appointment": (AppointmentDocument, Appointment.from_document),
    "AuditEvent": (AuditEventDocument, AuditEvent.from_document),
    "BreakGlassGrant": (GrantDocument, BreakGlassGrant.from_document),
    "ChargeDefinition": (ChargeDocument, ChargeDefinition.from_document),
    "Coverage": (CoverageDocument, Coverage.from_document),
    "EducationResource": (EducationDocument, EducationResource.from_document),
    "EligibilityCheck": (CheckDocument, EligibilityCheck.from_document),
    "Invoice": (InvoiceDocument, Invoice.from_document),
    "Organization": (OrganizationDocument, Organization.from_document),
    "Patient": (PatientDocument, Patient.from_document),
    "PatientMerge": (MergeDocument, PatientMerge.from_document),
    "Payer": (PayerDocument, Payer.from_document),
    "Payment": (PaymentDocument, Payment.from_document),
    "Provider": (ProviderDocument, Provider.from_document),
    "VisitType": (VisitTypeDocument, VisitType.from_document),
    **{record_type.__name__: (RecordDocument, as_record) for record_type in RECORD_TYPES},
}


async def load_node(info: Info, value: str, path: list[str]) -> Node | None:
    """None for what does not exist, is not the caller's to see, or is of another type than its id says."""
    type_name, document_id = read_global_id(value, path)
    if type_name not in NODES:
        raise BadInput(f"{'.'.join(path)} is not an id of OHMS.", path)
    document, show = NODES[type_name]
    found = await info.context.loaders.by_id(document).load(document_id)
    node = None if found is None else show(found)
    return node if node is not None and type(node).__name__ == type_name else None


@strawberry.type
class NodeQueries:
    @strawberry.field(
        description="Anything by its id; null when it is not there, or not the caller's to see.", directives=[auth(*EVERYBODY)]
    )
    async def node(self, info: Info, id: Id) -> Node | None:
        return await load_node(info, id, ["id"])

    @strawberry.field(description="Several nodes, in the order of their ids.", directives=[auth(*EVERYBODY)])
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="Global ids.")]
    ) -> list[Node | None]:
        maximum = info.context.max_page_size
        if len(ids) > maximum:
            raise BadInput(f"ids has {len(ids)} entries; at most {maximum} are looked up at once.", ["ids"])
        found = (load_node(info, value, ["ids", str(index)]) for index, value in enumerate(ids))
        return list(await asyncio.gather(*found))
