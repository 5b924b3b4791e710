"""Coverages and their verifications."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from models.coverage import Coverage as CoverageDocument
from models.coverage import (
    CoverageOrder,
    CoverageStatus,
    EligibilityOutcome,
    EligibilitySource,
    Network,
    SubscriberRelationship,
)
from models.coverage import EligibilityCheck as CheckDocument
from models.record import DocumentRecord
from models.values import AdministrativeGender
from resolvers.eligibility.knowledge import answers, is_stale
from resolvers.pagination import Page
from schema.account.types import Account
from schema.authorization import auth
from schema.connection import Connection, nodes_of
from schema.deidentification import PhiKind, phi
from schema.info import Info
from schema.node import Node, global_id
from schema.patient.reference import patient_field
from schema.rights import CARE, FRONT_DESK, FRONT_DESK_AND_ANALYST
from schema.scalars import JSON
from schema.shown_document import READS, id_as, node_of, shows
from schema.values import Money, Period, shown


@strawberry.type(description="What a plan pays, as far as the answer says.")
class Benefits:
    deductible: Money | None = strawberry.field(description="What the patient pays in a plan year before the plan does.")
    deductible_remaining: Money | None = strawberry.field(description="What is left of it.")
    copay: Money | None = strawberry.field(description="A fixed amount for each visit.")
    coinsurance_percent: Decimal | None = strawberry.field(description="The patient's share after the deductible.")
    out_of_pocket_maximum: Money | None = strawberry.field(description="The most a patient pays in a plan year.")
    out_of_pocket_remaining: Money | None = strawberry.field(description="What is left of it.")


@strawberry.type(description="What a plan pays for one kind of service, in one network.")
class BenefitRow:
    service_type: str = strawberry.field(description="X12 service type code; 30 is the plan as a whole.")
    network: Network = strawberry.field(description="With which providers.")
    covered: bool | None = strawberry.field(description="Whether it is covered at all; null where the payer says nothing of it.")
    benefits: Benefits = strawberry.field(description="The numbers.")


@strawberry.type(description="One asking whether a coverage holds, and its answer.", directives=[auth(*FRONT_DESK)])
class EligibilityCheck(Node):
    outcome: EligibilityOutcome = strawberry.field(description="How the asking went.")
    in_force: bool | None = strawberry.field(description="The answer. Null: there was none, which is not 'not covered'.")
    source: EligibilitySource = strawberry.field(description="Who answered.")
    service_type: str = strawberry.field(description="X12 service type code; 30 is general.")
    checked_at: datetime = strawberry.field(description="When it was asked.")
    benefits: Benefits | None = strawberry.field(
        description="What the plan pays for `serviceType`, with a contract between clinic and payer or without, as it is."
    )
    rows: list[BenefitRow] = strawberry.field(description="All that was said, by service type and network.")
    message: str | None = strawberry.field(description="What the payer said, or why there is no answer.")
    reference: str | None = strawberry.field(description="The payer's number of the answer, or the one given on the telephone.")
    document: strawberry.Private[CheckDocument]

    @strawberry.field(description="Whether it is too old to rely on: after 30 days, and in another year.")
    def stale(self, info: Info) -> bool:
        return is_stale(self.document, info.context.access.instant)

    @strawberry.field(description="Who asked.")
    async def checked_by(self, info: Info) -> Account | None:
        if self.document.checked_by_id is None:
            return None
        found = await info.context.loaders.accounts.load(self.document.checked_by_id)
        return None if found is None else Account.from_document(found)

    @strawberry.field(description="What was asked about.")
    async def coverage(self, info: Info) -> Annotated["Coverage", strawberry.lazy("schema.coverage.types")] | None:
        found = await info.context.loaders.coverages.load(self.document.coverage_id)
        return None if found is None else Coverage.from_document(found)

    @classmethod
    def from_document(cls, document: CheckDocument) -> "EligibilityCheck":
        return cls(
            id=global_id("EligibilityCheck", document.id),
            outcome=document.outcome,
            in_force=document.in_force,
            source=document.answered_by,
            service_type=document.service_type,
            checked_at=document.checked_at,
            benefits=shown(document.benefits),
            rows=shown(document.benefit_rows),
            message=document.message,
            reference=document.reference,
            document=document,
        )


@strawberry.type(description="A picture of an insurance card.", directives=[auth(*FRONT_DESK)])
class CardPicture:
    title: str = strawberry.field(description="What it is called.")
    content_type: str = strawberry.field(description="Its media type.")
    recorded_at: datetime = strawberry.field(description="When it was uploaded.")
    document: strawberry.Private[DocumentRecord]

    @strawberry.field(description="Where it is downloaded, for five minutes and as the caller.")
    def download_url(self, info: Info) -> str | None:
        account_id = info.context.principal.account_id
        if self.document.file is None or account_id is None:
            return None
        return info.context.ports.documents.address(account_id, self.document.id, self.document.version)

    @classmethod
    def from_document(cls, document: DocumentRecord) -> "CardPicture":
        return cls(title=document.title, content_type=document.content_type, recorded_at=document.recorded_at, document=document)


@shows(CoverageDocument, id=id_as("Coverage"))
@strawberry.type(description="A patient's insurance.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class Coverage(Node):
    status: CoverageStatus = strawberry.field(description="Where it stands.")
    order: CoverageOrder = strawberry.field(description="Whether it pays first, second or third.")
    payer: str = strawberry.field(description="The insurer.")
    plan_name: str | None = strawberry.field(description="The plan.", directives=[phi(PhiKind.FREE_TEXT)])
    member_id: str | None = strawberry.field(
        description="The patient's number with the insurer.", directives=[phi(PhiKind.IDENTIFIER)]
    )
    group_number: str | None = strawberry.field(description="The group's number.", directives=[phi(PhiKind.IDENTIFIER)])
    subscriber: str | None = strawberry.field(description="Who holds the policy.", directives=[phi(PhiKind.NAME)])
    subscriber_birth_date: date | None = strawberry.field(
        description="When the subscriber was born, where it is not the patient.", directives=[phi(PhiKind.DATE)]
    )
    subscriber_gender: AdministrativeGender | None = strawberry.field(
        description="The subscriber's gender as the payer knows it; null for analysts."
    )
    relationship: SubscriberRelationship = strawberry.field(description="What the patient is to the subscriber.")
    period: Period = strawberry.field(description="When it holds.", directives=[phi(PhiKind.DATE)])
    revision: int = strawberry.field(description="Counts its changes, from 1.")
    document: strawberry.Private[CoverageDocument]

    patient = patient_field("Who is covered.")

    @strawberry.field(description="The newest asking; null when never asked.")
    async def verification(self, info: Info) -> EligibilityCheck | None:
        found = await info.context.loaders.checks_of_coverage.load(self.document.id)
        return EligibilityCheck.from_document(found[0]) if found else None

    @strawberry.field(
        description="The newest answer that says whether the coverage is in force; null when there is none. A payer that is "
        "down, and does not answer now, does not change it."
    )
    async def known(self, info: Info) -> EligibilityCheck | None:
        found = answers(await info.context.loaders.checks_of_coverage.load(self.document.id))
        return EligibilityCheck.from_document(found[0]) if found else None

    @strawberry.field(
        description="Pictures of its card, oldest first: documents that were uploaded for it.", directives=[auth(*FRONT_DESK)]
    )
    async def card_pictures(self, info: Info) -> list[CardPicture]:
        found = await info.context.loaders.cards_of_coverage.load(self.document.id)
        return [CardPicture.from_document(document) for document in found]

    @strawberry.field(description="All answers, newest first.")
    async def verifications(self, info: Info) -> list[EligibilityCheck]:
        found = await info.context.loaders.checks_of_coverage.load(self.document.id)
        return [EligibilityCheck.from_document(check) for check in found]

    @strawberry.field(
        description="What it was imported from, kept whole.", directives=[auth(*CARE)], metadata={READS: ("source",)}
    )
    def source(self) -> JSON | None:
        return shown(self.document.source.resource) if self.document.source else None

    @classmethod
    def from_document(cls, document: CoverageDocument) -> "Coverage":
        return node_of(cls, document)


@strawberry.type(description="Coverages, a page at a time.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class CoverageConnection(Connection[Coverage]):
    @classmethod
    def of(cls, page: Page[CoverageDocument]) -> "CoverageConnection":
        return cls(nodes=nodes_of(page, Coverage.from_document), page=page)
