"""Entries of the audit trail."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.audit_event import AuditEvent as AuditEventDocument
from models.audit_event import AuditOutcome, part_of
from models.purpose_of_use import PurposeOfUse
from models.role import Role
from resolvers.audit.log import Verification
from resolvers.audit.shown import shown_entry
from resolvers.pagination import Page
from schema.account.types import Account
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.info import Info
from schema.node import Node, global_id

if TYPE_CHECKING:
    from schema.patient.types import Patient

_BY_ROLE = (
    (Role.STAFF, "Clinic staff"),
    (Role.ADMIN, "An administrator"),
    (Role.ANALYST, "An analyst"),
    (Role.PROVIDER, "A provider"),
    (Role.PATIENT, "A proxy"),
)


@strawberry.type(
    description="Who looked at or changed what of whom, and what for. Administrators see all, patients what is about them.",
    directives=[auth(Role.PATIENT, Role.ADMIN)],
)
class AuditEvent(Node):
    at: datetime = strawberry.field(description="When.")
    roles: list[Role] = strawberry.field(description="What the actor was then.")
    outcome: AuditOutcome = strawberry.field(description="How it ended.")
    purpose: PurposeOfUse = strawberry.field(description="What for.")
    patient_id: strawberry.ID | None = strawberry.field(
        description="The id of the patient whom it was about; null for refusals, counts and accounts."
    )
    request_id: str | None = strawberry.field(description="The request that it came with, as in the log.")
    hash: str = strawberry.field(description="Ties what has this sequence to what was before it in its chain.")
    document: strawberry.Private[AuditEventDocument]

    @strawberry.field(
        description="The root fields of the operation, such as `Query.patients`; for the patient no more than `Query` where it "
        "was about something that is not theirs to see."
    )
    async def action(self, info: Info) -> str:
        return (await shown_entry(info.context, self.document)).action

    @strawberry.field(
        description="The ids of what was looked at, asked for or changed; for the patient without what is held from them."
    )
    async def subjects(self, info: Info) -> list[strawberry.ID]:
        shown = await shown_entry(info.context, self.document)
        return [global_id(*subject.split(":", 1)) for subject in shown.subjects]

    @strawberry.field(description="Which fields, such as `Patient.name`; of a refusal, those refused. The same for the patient.")
    async def fields(self, info: Info) -> list[str]:
        return (await shown_entry(info.context, self.document)).fields

    @strawberry.field(description="The place in the one trail, from 0. What one operation saw of several patients may share it.")
    async def sequence(self, info: Info) -> int:
        context = info.context
        return await context.loaders.sequences(context.ports.audit.seal).load(part_of(self.document.id)[0])

    @strawberry.field(description="The account that did it; null for callers who may not see it.")
    async def actor(self, info: Info) -> Account | None:
        principal = info.context.principal
        actor_id = self.document.actor_id
        if actor_id is None or not (Role.ADMIN in principal.roles or principal.account_id == actor_id):
            return None
        found = await info.context.loaders.accounts.load(actor_id)
        return None if found is None else Account.from_document(found)

    @strawberry.field(description="Who did it, in words for the patient: a provider's name, `You`, `Clinic staff`.")
    async def actor_name(self, info: Info) -> str:
        document = self.document
        if document.actor_id is None:
            return "Somebody not signed in"
        if document.actor_id == info.context.principal.account_id:
            return "You"
        if document.service:
            return "A service of the clinic"
        if document.provider_id is not None:
            provider = await info.context.loaders.providers.load(document.provider_id)
            if provider is not None:
                return " ".join([*provider.name.prefix, *provider.name.given, provider.name.family or ""]).strip()
        return next((name for role, name in _BY_ROLE if role in document.roles), "Somebody without a role")

    @strawberry.field(
        description="The patient whom it was about; null for callers who may not see them.",
    )
    async def patient(self, info: Info) -> Annotated["Patient", strawberry.lazy("schema.patient.types")] | None:
        from schema.patient.types import Patient

        if self.document.patient_id is None:
            return None
        found = await info.context.loaders.patients.load(self.document.patient_id)
        return None if found is None else Patient.from_document(found)

    @classmethod
    def from_document(cls, document: AuditEventDocument) -> "AuditEvent":
        return cls(
            id=global_id("AuditEvent", document.id),
            at=document.at,
            roles=document.roles,
            outcome=document.outcome,
            purpose=document.purpose,
            patient_id=global_id("Patient", document.patient_id) if document.patient_id else None,
            request_id=document.request_id,
            hash=document.hash,
            document=document,
        )


@strawberry.type(description="Entries of the audit trail, a page at a time.")
class AuditEventConnection(Connection[AuditEvent]):
    @classmethod
    def of(cls, page: Page[AuditEventDocument]) -> "AuditEventConnection":
        return cls(nodes=nodes_of(page, AuditEvent.from_document), page=page)


@strawberry.type(description="Whether the audit trail is as it was written.", directives=[auth(Role.ADMIN)])
class AuditVerification:
    intact: bool = strawberry.field(description="Whether nothing was altered, removed, inserted or reordered.")
    checked: int = strawberry.field(description="How many entries were checked.")
    broken_at: int | None = strawberry.field(description="The sequence of the first entry that is not right; null when intact.")

    @classmethod
    def of(cls, verification: Verification) -> "AuditVerification":
        return cls(intact=verification.intact, checked=verification.checked, broken_at=verification.broken_at)
