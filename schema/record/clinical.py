"""Conditions, allergies, medications, immunizations, procedures."""

from datetime import datetime
from typing import Annotated

import strawberry

import models.record as stored
from models.record import (
    AllergyCategory,
    AllergyCriticality,
    AllergyStatus,
    ConditionStatus,
    MedicationStatus,
    ReactionSeverity,
)
from resolvers.medlineplus import connect_url
from schema.authorization import auth
from schema.deidentification import PhiKind, phi
from schema.info import Info
from schema.node import existing
from schema.provider.types import Provider
from schema.record.base import Record
from schema.rights import CARE, CARE_AND_ANALYST
from schema.shown_document import READS, derived, id_as, node_of, shows
from schema.values import CodeableConcept, Coding, Period

EducationLanguage = Annotated[str | None, strawberry.argument(description="BCP 47; Spanish where it is Spanish, else English.")]


@shows(stored.Condition, id=id_as("Condition"))
@strawberry.type(description="A problem or diagnosis.", directives=[auth(*CARE_AND_ANALYST)])
class Condition(Record):
    clinical_status: ConditionStatus = strawberry.field(description="Whether it is present.")
    onset_at: datetime | None = strawberry.field(description="When it began.", directives=[phi(PhiKind.DATE)])
    abated_at: datetime | None = strawberry.field(description="When it ended.", directives=[phi(PhiKind.DATE)])
    severity: CodeableConcept | None = strawberry.field(description="How bad it is.")

    @strawberry.field(
        description="A page about its code at MedlinePlus (National Library of Medicine); null where no code is taken there.",
        directives=[auth(*CARE)],
        metadata={READS: ("code",)},
    )
    def education_url(self, language: EducationLanguage = None) -> str | None:
        return connect_url(self.document.code.codings, language)

    @classmethod
    def from_document(cls, document: stored.Condition) -> "Condition":
        return node_of(cls, document)


@strawberry.type(description="How an allergy showed itself.")
class Reaction:
    manifestations: list[CodeableConcept] = strawberry.field(description="What was seen.")
    severity: ReactionSeverity | None = strawberry.field(description="How bad it was.")
    onset_at: datetime | None = strawberry.field(description="When it was.", directives=[phi(PhiKind.DATE)])


@shows(stored.Allergy, id=id_as("Allergy"))
@strawberry.type(
    description="An allergy or intolerance. No known allergies is one too: SNOMED CT 716186003.",
    directives=[auth(*CARE_AND_ANALYST)],
)
class Allergy(Record):
    clinical_status: AllergyStatus = strawberry.field(description="Whether it still stands.")
    criticality: AllergyCriticality | None = strawberry.field(description="How much harm the next exposure could do.")
    categories: list[AllergyCategory] = strawberry.field(description="What kind of substance.")
    reactions: list[Reaction] = strawberry.field(description="How it showed itself.")
    onset_at: datetime | None = strawberry.field(description="When it began.", directives=[phi(PhiKind.DATE)])

    @classmethod
    def from_document(cls, document: stored.Allergy) -> "Allergy":
        return node_of(cls, document)


@strawberry.type(description="An allergy that a medication is prescribed against, with open eyes.", directives=[auth(*CARE)])
class AcknowledgedAllergy:
    at: datetime = strawberry.field(description="When it was acknowledged.")
    reason: str = strawberry.field(description="Why the medication is prescribed all the same.")
    document: strawberry.Private[stored.AcknowledgedAllergy]

    @strawberry.field(description="Which; null where it is not the caller's to see.")
    async def allergy(self, info: Info) -> Allergy | None:
        found = await info.context.loaders.records.load(self.document.allergy_id or "")
        return Allergy.from_document(found) if isinstance(found, stored.Allergy) else None

    @strawberry.field(description="Who acknowledged it.")
    async def by(self, info: Info) -> Provider:
        return Provider.from_document(existing(await info.context.loaders.providers.load(self.document.by_id)))

    @classmethod
    def of(cls, document: stored.AcknowledgedAllergy) -> "AcknowledgedAllergy":
        return cls(at=document.at, reason=document.reason, document=document)


@shows(
    stored.Medication,
    id=id_as("Medication"),
    active=derived(lambda document: document.request_status is MedicationStatus.ACTIVE, "request_status"),
)
@strawberry.type(description="A prescription.", directives=[auth(*CARE_AND_ANALYST)])
class Medication(Record):
    request_status: MedicationStatus = strawberry.field(description="Where it stands.")
    active: bool = strawberry.field(description="Whether it is to be taken.")
    dosage: str | None = strawberry.field(description="How to take it.", directives=[phi(PhiKind.FREE_TEXT)])
    reasons: list[CodeableConcept] = strawberry.field(description="What it is for.")
    ingredients: list[Coding] = strawberry.field(description="What is in it, where that is known.", directives=[auth(*CARE)])
    document: strawberry.Private[stored.Medication]

    @strawberry.field(
        description="A page about its code at MedlinePlus (National Library of Medicine); null where no code is taken there.",
        directives=[auth(*CARE)],
        metadata={READS: ("code",)},
    )
    def education_url(self, language: EducationLanguage = None) -> str | None:
        return connect_url(self.document.code.codings, language)

    @strawberry.field(
        description="Known allergies it is prescribed against, and why.",
        directives=[auth(*CARE)],
        metadata={READS: ("acknowledged_allergies",)},
    )
    def acknowledged_allergies(self) -> list[AcknowledgedAllergy]:
        return [AcknowledgedAllergy.of(each) for each in self.document.acknowledged_allergies]

    @classmethod
    def from_document(cls, document: stored.Medication) -> "Medication":
        return node_of(cls, document)


@shows(stored.Immunization, id=id_as("Immunization"))
@strawberry.type(description="A vaccination.", directives=[auth(*CARE_AND_ANALYST)])
class Immunization(Record):
    given: bool = strawberry.field(description="False when it was offered and not given.")
    lot_number: str | None = strawberry.field(description="The vaccine's lot.", directives=[phi(PhiKind.IDENTIFIER)])

    @classmethod
    def from_document(cls, document: stored.Immunization) -> "Immunization":
        return node_of(cls, document)


@shows(stored.Procedure, id=id_as("Procedure"))
@strawberry.type(description="Something that was done.", directives=[auth(*CARE_AND_ANALYST)])
class Procedure(Record):
    performed: Period = strawberry.field(description="When it was done.", directives=[phi(PhiKind.DATE)])
    reasons: list[CodeableConcept] = strawberry.field(description="What it was for.")

    @classmethod
    def from_document(cls, document: stored.Procedure) -> "Procedure":
        return node_of(cls, document)
