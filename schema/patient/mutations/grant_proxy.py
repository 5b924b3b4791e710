"""grantProxy."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.patient import ProxyRelationship, ProxyScope
from models.role import Role
from resolvers.proxies import ProxyGrant, grant_proxy
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.node import id_of
from schema.patient.people import Proxy, proxy_of
from schema.patient.types import Patient


@strawberry.input(description="A span of time, half-open.")
class PeriodInput:
    start: datetime | None = strawberry.field(default=None, description="From now on when not given.")
    end: datetime | None = strawberry.field(default=None, description="Goes on when not given.")


@strawberry.input(description="Who may act for a patient, in what, and when.")
class GrantProxyInput:
    patient: strawberry.ID = strawberry.field(description="For whom.")
    email: str = strawberry.field(description="The proxy's e-mail address. Whether it has an account makes no difference here.")
    relationship: ProxyRelationship = strawberry.field(description="What the proxy is to the patient.")
    scope: list[ProxyScope] = strawberry.field(description="What the right is for; at least one.")
    period: PeriodInput | None = strawberry.field(default=None, description="When the right holds; from now on when not given.")
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")


@strawberry.type(description="The patient with the proxy, or why not.")
class GrantProxyPayload:
    patient: Patient | None = strawberry.field(default=None, description="The patient after the change.")
    proxy: Proxy | None = strawberry.field(default=None, description="The proxy.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class GrantProxy:
    @strawberry.mutation(
        description="Lets somebody act for a patient: by the patient, once of age, or by staff who have seen the papers. A "
        "second grant to the same address and relationship changes the first. The proxy is told by mail.",
        directives=[auth(Role.PATIENT, Role.STAFF)],
    )
    async def grant_proxy(
        self, info: Info, input: Annotated[GrantProxyInput, strawberry.argument(description="The input.")]
    ) -> GrantProxyPayload:
        patient_id = id_of("Patient", input.patient, ["input", "patient"]) or ""
        period = input.period or PeriodInput()
        grant = ProxyGrant(
            email=input.email, relationship=input.relationship, scope=input.scope, start=period.start, end=period.end
        )
        try:
            patient, proxy_id = await grant_proxy(info.context, patient_id, grant, input.idempotency_key)
        except Rejected as rejection:
            return GrantProxyPayload(errors=shown_errors(rejection))
        granted = next((proxy_of(proxy, patient.id) for proxy in patient.proxies if proxy.id == proxy_id), None)
        return GrantProxyPayload(patient=Patient.from_document(patient), proxy=granted, errors=[])
