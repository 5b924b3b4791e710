"""A patient's own wish to wait for results, and what waits because of it."""

from datetime import datetime

import strawberry

from models.patient import Patient as PatientDocument
from models.result_preferences import ResultKind
from models.result_preferences import ResultPreferences as StoredPreferences
from models.role import Role
from resolvers.release.waiting import Waiting, waiting_results
from schema.authorization import auth
from schema.info import Info
from schema.node import global_id
from schema.rights import CARE
from schema.shown_enum import show

show(
    ResultKind,
    "What a patient may wish to hear of from their provider first.",
    LAB_REPORT="Laboratory reports and their results.",
    CLINICAL_NOTE="Notes.",
)


@strawberry.type(description="What the patient wishes to hear of from the provider first.", directives=[auth(*CARE)])
class ResultPreferences:
    kinds: list[ResultKind] = strawberry.field(description="Which new entries wait; none: all come at once.")
    days: int = strawberry.field(description="How long they wait at most.")

    @classmethod
    def of(cls, stored: StoredPreferences) -> "ResultPreferences":
        return cls(kinds=stored.kinds, days=stored.days)


@strawberry.type(
    description="A result that waits because the patient asked for it. `showMyResult` shows it.", directives=[auth(Role.PATIENT)]
)
class WaitingResult:
    id: strawberry.ID = strawberry.field(description="Names it to `showMyResult`; no id of the entry.")
    kind: ResultKind | None = strawberry.field(description="What it is; null for neither report nor note.")
    until: datetime = strawberry.field(description="When it comes by itself.")

    @classmethod
    def of(cls, waiting: Waiting) -> "WaitingResult":
        return cls(id=global_id("WaitingResult", waiting.id), kind=waiting.kind, until=waiting.until)


@strawberry.type
class PatientResults:
    """The part of Patient that is about release."""

    document: strawberry.Private[PatientDocument]

    @strawberry.field(description="What the patient wishes to hear of from the provider first.", directives=[auth(*CARE)])
    def result_preferences(self) -> ResultPreferences:
        return ResultPreferences.of(self.document.result_preferences)

    @strawberry.field(
        description="What waits because the patient asked for it, the first to come first; for the patient alone.",
        directives=[auth(Role.PATIENT)],
    )
    async def waiting_results(self, info: Info) -> list[WaitingResult]:
        return [WaitingResult.of(waiting) for waiting in await waiting_results(info.context, self.document.id)]
