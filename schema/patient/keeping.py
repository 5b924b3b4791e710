"""What others keep with a patient: care team, extensions, and the trail of who looked."""

from datetime import datetime

import strawberry

from models.patient import CareTeamRole
from models.patient import Patient as PatientDocument
from models.role import Role
from resolvers.audit_events import AuditCriteria, find_own_log
from schema.account.types import Account
from schema.audit import arguments as audit_arguments
from schema.audit.types import AuditEventConnection
from schema.authorization import auth
from schema.connection import After, Before, First, Last, page_arguments
from schema.info import Info
from schema.provider.types import Provider
from schema.rights import CARE, FRONT_DESK
from schema.scalars import JSON
from schema.shown_enum import show

show(
    CareTeamRole,
    "In which part a provider is on a care team.",
    ATTENDING="Responsible for the care as a whole.",
    CONSULTING="Asked for advice.",
    PRIMARY_CARE="The patient's general practitioner.",
    NURSING="Nursing.",
    CASE_MANAGEMENT="Coordinates the care.",
    OTHER="Anything else.",
)


_ROLES = {role.value: role for role in CareTeamRole}


@strawberry.type(description="A provider on a patient's care team.", directives=[auth(*FRONT_DESK)])
class CareTeamMember:
    role: CareTeamRole = strawberry.field(description="In which part; OTHER for what an import says in other words.")
    role_text: str = strawberry.field(description="The part in words: of an import, its own.")
    since: datetime | None = strawberry.field(description="From when on; null where it is not known.")
    provider_id: strawberry.Private[str]

    @strawberry.field(description="Who; null for a provider who is no longer there.")
    async def provider(self, info: Info) -> Provider | None:
        found = await info.context.loaders.providers.load(self.provider_id)
        return None if found is None else Provider.from_document(found)


@strawberry.type(description="What somebody keeps with a patient under a namespace.", directives=[auth(*FRONT_DESK)])
class PatientExtension:
    namespace: str = strawberry.field(description="Whose it is, such as lab.example.")
    value: JSON = strawberry.field(description="Any JSON.")
    written_at: datetime | None = strawberry.field(description="When it was written last; null where it came with an import.")
    by_staff: bool | None = strawberry.field(description="Whether staff wrote it last; null where it came with an import.")
    account_id: strawberry.Private[str | None]

    @strawberry.field(description="Who wrote it last; null for callers who may not see the account.")
    async def written_by(self, info: Info) -> Account | None:
        found = await info.context.loaders.accounts.load(self.account_id or "")
        return None if found is None else Account.from_document(found)


@strawberry.type
class PatientKeeping:
    """The part of Patient that others write."""

    document: strawberry.Private[PatientDocument]

    @strawberry.field(description="When the patient died; null while alive.", directives=[auth(*FRONT_DESK)])
    def deceased_at(self) -> datetime | None:
        return self.document.deceased_at

    @strawberry.field(description="Who is on the care team, in which part and since when.", directives=[auth(*FRONT_DESK)])
    def care_team_members(self) -> list[CareTeamMember]:
        return [
            CareTeamMember(
                role=_ROLES.get(member.role, CareTeamRole.OTHER),
                role_text=member.role,
                since=member.since,
                provider_id=member.provider_id,
            )
            for member in self.document.care_team
        ]

    @strawberry.field(
        description="What others keep here, by namespace; `unknown` holds stored fields this version has no name for.",
        directives=[auth(*FRONT_DESK)],
    )
    def extensions(self) -> JSON:
        unknown = self.document.unknown_fields
        return JSON({**self.document.extensions.plain, **({"unknown": unknown} if unknown else {})})

    @strawberry.field(description="The same namespaces with who wrote them last.", directives=[auth(*FRONT_DESK)])
    def extension_entries(self) -> list[PatientExtension]:
        writers = self.document.extension_writers.plain
        return [_entry(namespace, value, writers.get(namespace)) for namespace, value in self.document.extensions.plain.items()]

    @strawberry.field(
        description="Where a copy of the record is downloaded for five minutes: a FHIR R4 Bundle of what the caller may see.",
        directives=[auth(*CARE)],
    )
    def fhir_bundle_url(self, info: Info) -> str | None:
        account_id = info.context.principal.account_id
        return None if account_id is None else info.context.ports.links.fhir_bundle(self.document.id, account_id)

    @strawberry.field(
        description="Who looked, when, at what, and why: for the patient, not for proxies. Of patients who were merged into this "
        "one, too.",
        directives=[auth(Role.PATIENT)],
    )
    async def access_log(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: audit_arguments.Where = None,
        order_by: audit_arguments.OrderBy = None,
    ) -> AuditEventConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else audit_arguments.NEWEST_FIRST
        criteria = where.criteria() if where else AuditCriteria()
        page = await find_own_log(info.context, self.document.id, criteria, order, request)
        return AuditEventConnection.of(page)


def _entry(namespace: str, value: object, writer: dict[str, object] | None) -> PatientExtension:
    at = None if writer is None else datetime.fromisoformat(str(writer["at"]))
    by_staff = None if writer is None else bool(writer["staff"])
    account_id = None if writer is None else str(writer["by"])
    return PatientExtension(namespace=namespace, value=JSON(value), written_at=at, by_staff=by_staff, account_id=account_id)
