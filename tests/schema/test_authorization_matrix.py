"""Who may select what, and who sees which rows: every role, every field, every road."""

from typing import Any

import pytest

from models.role import Role
from schema.authorization import core_schema
from schema.guarded import requirements
from tests.graph import Graph, gid
from tests.schema.operation_generator import detours, operation_for_field, root_fields

CALLERS = {
    Role.PATIENT: "alice",
    Role.PROVIDER: "house",
    Role.STAFF: "staff",
    Role.ADMIN: "admin",
    Role.ANALYST: "analyst",
}
EVERYBODY = set(Role)
FRONT_DESK = {Role.PATIENT, Role.PROVIDER, Role.STAFF}
CARE = {Role.PATIENT, Role.PROVIDER}
ANALYST = {Role.ANALYST}
ANYBODY = "public"

# Written by hand, so that the declarations are compared with something else than themselves.
ROOT_FIELDS: dict[str, Any] = {
    "Query.viewer": ANYBODY,
    "Query.node": EVERYBODY,
    "Query.nodes": EVERYBODY,
    "Query.patient": FRONT_DESK | ANALYST,
    "Query.patients": FRONT_DESK | ANALYST,
    "Query.provider": EVERYBODY,
    "Query.providers": EVERYBODY,
    "Query.visitTypes": EVERYBODY,
    "Query.organizations": EVERYBODY,
    "Query.appointment": FRONT_DESK | ANALYST,
    "Query.appointments": FRONT_DESK | ANALYST,
    "Query.record": CARE | ANALYST,
    "Query.records": CARE | ANALYST,
    "Query.invoice": FRONT_DESK | ANALYST,
    "Query.invoices": FRONT_DESK | ANALYST,
    "Query.coverage": FRONT_DESK | ANALYST,
    "Query.coverages": FRONT_DESK | ANALYST,
    "Query.payers": FRONT_DESK | {Role.ADMIN},
    "Mutation.addCoverage": {Role.PATIENT, Role.STAFF},
    "Mutation.updateCoverage": {Role.PATIENT, Role.STAFF},
    "Mutation.verifyCoverage": {Role.STAFF},
    "Mutation.recordCoverageVerification": {Role.STAFF},
    "Mutation.setPayer": {Role.STAFF, Role.ADMIN},
    "Query.statistics": ANALYST,
    "Query.chargeDefinitions": {Role.STAFF, Role.ADMIN},
    "Query.receivablesByAge": {Role.STAFF},
    "Mutation.setCharge": {Role.STAFF, Role.ADMIN},
    **{
        f"Mutation.{name}": {Role.STAFF}
        for name in (
            "createInvoice",
            "updateInvoice",
            "cancelInvoice",
            "issueInvoice",
            "creditInvoice",
            "sendPaymentLink",
            "recordPayment",
            "refundPayment",
        )
    },
    "Mutation.payInvoice": {Role.PATIENT, Role.STAFF},
    "Mutation.applyCredit": {Role.PATIENT, Role.STAFF},
    "Mutation.removeKeptCard": {Role.PATIENT},
    "Query.educationResources": EVERYBODY,
    "Query.accounts": {Role.ADMIN},
    "Query.auditEvents": {Role.ADMIN},
    "Query.verifyAuditTrail": {Role.ADMIN},
    "Subscription.viewerChanged": EVERYBODY,
    "Subscription.recordReleased": {Role.PATIENT},
    "Query.recordReleaseCursor": {Role.PATIENT},
    "Query.criticalResults": {Role.PROVIDER},
    "Mutation.holdRelease": {Role.PROVIDER},
    "Mutation.createEducationResource": {Role.STAFF, Role.ADMIN},
    "Mutation.updateEducationResource": {Role.STAFF, Role.ADMIN},
    "Mutation.publishEducationResource": {Role.STAFF, Role.ADMIN},
    "Mutation.retireEducationResource": {Role.STAFF, Role.ADMIN},
    "Mutation.markEducationRead": {Role.PATIENT},
    "Mutation.recordAllergy": {Role.PROVIDER},
    "Mutation.recordCondition": {Role.PROVIDER},
    "Mutation.recordMedication": {Role.PROVIDER},
    "Mutation.recordImmunization": {Role.PROVIDER},
    "Mutation.recordObservation": {Role.PROVIDER},
    "Mutation.recordLabReport": {Role.PROVIDER},
    "Mutation.recordProcedure": {Role.PROVIDER},
    "Mutation.writeNote": {Role.PROVIDER},
    "Mutation.signRecord": {Role.PROVIDER},
    "Mutation.amendRecord": {Role.PROVIDER},
    "Mutation.markRecordEnteredInError": {Role.PROVIDER},
    "Mutation.endHold": {Role.PROVIDER},
    "Mutation.acknowledgeCriticalResult": {Role.PROVIDER},
    "Mutation.showMyResult": {Role.PATIENT},
    "Mutation.setResultPreferences": {Role.PATIENT},
    "Mutation.signIn": ANYBODY,
    "Mutation.registerPatient": ANYBODY,
    "Mutation.confirmRegistration": ANYBODY,
    "Mutation.acceptInvitation": ANYBODY,
    "Mutation.requestPasswordReset": ANYBODY,
    "Mutation.resetPassword": ANYBODY,
    "Mutation.assignRoles": {Role.ADMIN},
    "Mutation.deactivateAccount": {Role.ADMIN},
    "Mutation.inviteUser": {Role.ADMIN},
    "Mutation.reactivateAccount": {Role.ADMIN},
    "Mutation.resetSecondFactor": {Role.ADMIN},
    "Mutation.beginSecondFactor": EVERYBODY,
    "Mutation.changePassword": EVERYBODY,
    "Mutation.confirmSecondFactor": EVERYBODY,
    "Mutation.endOtherSessions": EVERYBODY,
    "Mutation.removeSecondFactor": EVERYBODY,
    "Mutation.renewRecoveryCodes": EVERYBODY,
    "Mutation.requestEmailVerification": EVERYBODY,
    "Mutation.signOut": EVERYBODY,
    "Mutation.verifyEmail": EVERYBODY,
    "Mutation.bookAppointment": FRONT_DESK,
    "Mutation.rescheduleAppointment": FRONT_DESK,
    "Mutation.cancelAppointment": FRONT_DESK,
    "Mutation.setAppointmentStatus": {Role.PROVIDER, Role.STAFF},
    "Mutation.reinstateAppointment": {Role.PROVIDER, Role.STAFF},
    "Mutation.joinWaitlist": FRONT_DESK,
    "Mutation.acceptOffer": FRONT_DESK,
    "Mutation.declineOffer": FRONT_DESK,
    "Query.availableSlots": FRONT_DESK,
    "Query.scheduleEvents": FRONT_DESK,
    "Subscription.scheduleChanged": FRONT_DESK,
    "Subscription.appointmentChanged": FRONT_DESK,
    "Mutation.joinVisit": CARE,
    "Mutation.leaveVisit": CARE,
    "Mutation.sendSignal": CARE,
    "Subscription.visitChanged": CARE,
    "Subscription.signals": CARE,
    "Mutation.updatePatient": {Role.PATIENT, Role.STAFF},
    "Mutation.addCareTeamMember": {Role.PROVIDER, Role.STAFF},
    "Mutation.removeCareTeamMember": {Role.PROVIDER, Role.STAFF},
    "Mutation.mergePatients": {Role.STAFF},
    "Mutation.unmergePatients": {Role.STAFF},
    "Query.possibleDuplicates": {Role.STAFF},
    "Query.patientMerges": {Role.STAFF},
    "Mutation.grantProxy": {Role.PATIENT, Role.STAFF},
    "Mutation.revokeProxy": {Role.PATIENT, Role.STAFF},
    "Mutation.breakGlass": {Role.PROVIDER},
    "Mutation.setAvailability": {Role.PROVIDER, Role.STAFF},
    "Mutation.addAvailabilityException": {Role.PROVIDER, Role.STAFF},
    "Mutation.removeAvailabilityException": {Role.PROVIDER, Role.STAFF},
    "Mutation.createVisitType": {Role.STAFF},
    "Mutation.updateVisitType": {Role.STAFF},
    "Mutation.createProvider": {Role.STAFF, Role.ADMIN},
    "Mutation.updateProvider": {Role.STAFF, Role.ADMIN},
    "Mutation.createCalendarFeed": {Role.PROVIDER, Role.STAFF},
    "Mutation.revokeCalendarFeed": {Role.PROVIDER, Role.STAFF},
    "Mutation.setReminderPreferences": {Role.PATIENT, Role.STAFF},
    "Mutation.reviewBreakGlass": {Role.ADMIN},
    "Mutation.uploadDocument": FRONT_DESK,
    "Query.explainAccess": {Role.ADMIN},
    "Query.breakGlassGrants": {Role.ADMIN},
}
REFUSALS = {"FORBIDDEN", "UNAUTHENTICATED"}
ENTRY_ONLY: tuple[dict[str, int], ...] = (
    {},
    {"insert": 1},
)  # in the audit trail: nothing is read; strangers' refusals are not all listed


async def test_every_root_field_on_every_detour_for_every_role(graph: Graph) -> None:
    core = core_schema(graph.schema)
    tried = 0
    for root, name in root_fields(core):
        allowed = ROOT_FIELDS[f"{root.name}.{name}"]
        for detour, operation in detours(core, root, name):
            for role, caller in [*CALLERS.items(), (None, None)]:
                answer = await graph.ask(caller, operation)
                refused = bool(REFUSALS.intersection(answer.codes))
                expected = allowed != ANYBODY and role not in allowed
                assert refused is expected, (root.name, name, detour, role, answer.codes)
                if refused:
                    assert answer.data is None
                    assert answer.commands_by_name in ENTRY_ONLY
                    assert set(answer.codes) == {"FORBIDDEN" if role else "UNAUTHENTICATED"}
                tried += 1
    subscriptions = sum(name.startswith("Subscription.") for name in ROOT_FIELDS)  # which may not skip their one field
    assert tried == (len(ROOT_FIELDS) * 6 - subscriptions * 2) * 6


async def test_no_role_selects_a_field_that_does_not_ask_for_it(graph: Graph) -> None:
    core = core_schema(graph.schema)
    tried = 0
    for coordinate, allowed in requirements(graph.schema).items():
        type_name, name = coordinate.split(".")
        operation = operation_for_field(core, type_name, name)
        if operation is None or not isinstance(allowed, frozenset):
            continue
        for role, caller in [*CALLERS.items(), (None, None)]:
            if role in allowed:
                continue
            answer = await graph.ask(caller, operation)
            assert answer.data is None, (coordinate, role)
            assert REFUSALS.intersection(answer.codes), (coordinate, role, answer.codes)
            assert answer.commands_by_name in ENTRY_ONLY
            tried += 1
    assert tried > 500


def _rows(graph: Graph) -> dict[str, tuple[Any, set[str]]]:
    """Each row, and who of all callers sees it."""
    c = graph.clinic
    signed_in = {"alice", "bob", "parent", "house", "stranger", "staff", "admin", "analyst"}
    return {
        "alice": (c.alice, {"alice", "house", "staff"}),
        "bob": (c.bob, {"bob", "stranger", "staff"}),
        "child": (c.child, {"parent", "staff"}),
        "house": (c.house, signed_in),
        "follow_up": (c.follow_up, signed_in),
        "site": (c.site, signed_in),
        "article": (c.article, signed_in),
        "draft_article": (c.draft_article, {"staff", "admin"}),
        "visit": (c.visit, {"alice", "house", "staff"}),
        "bobs_visit": (c.bobs_visit, {"bob", "stranger", "staff"}),
        "condition": (c.condition, {"alice", "house"}),
        "allergy": (c.allergy, {"alice", "house"}),
        "observation": (c.observation, {"alice", "house"}),
        "report": (c.report, {"alice", "house"}),
        "note": (c.note, {"alice", "house"}),
        "restricted_note": (c.restricted_note, {"alice", "house"}),
        "secret_note": (c.secret_note, {"house"}),
        "held_report": (c.held_report, {"house"}),
        "wrong_condition": (c.wrong_condition, {"house"}),
        "childs_condition": (c.childs_condition, {"parent"}),
        "childs_restricted_note": (c.childs_restricted_note, set()),
        "bobs_condition": (c.bobs_condition, {"bob", "stranger"}),
        "invoice": (c.invoice, {"alice", "house", "staff"}),
        "draft_invoice": (c.draft_invoice, {"house", "staff"}),
        "payment": (c.payment, {"alice", "house", "staff"}),
        "coverage": (c.coverage, {"alice", "house", "staff"}),
        "check": (c.check, {"alice", "house", "staff"}),
        "alices_account": (c.accounts["alice"], {"alice", "admin"}),
        "admins_account": (c.accounts["admin"], {"admin"}),
    }


LISTS = {
    "Patient": "patients",
    "Provider": "providers",
    "VisitType": "visitTypes",
    "Organization": "organizations",
    "Appointment": "appointments",
    "Invoice": "invoices",
    "Coverage": "coverages",
    "EducationResource": "educationResources",
    "Account": "accounts",
}
ONES = {"Patient", "Provider", "Appointment", "Invoice", "Coverage"}
NO_LIST = {"Payment", "EligibilityCheck"}


@pytest.mark.parametrize("caller", ["alice", "bob", "parent", "house", "stranger", "staff", "admin", "analyst"])
async def test_a_row_is_seen_on_every_road_or_on_none(graph: Graph, caller: str) -> None:
    for name, (document, seen_by) in _rows(graph).items():
        type_name = type(document).__name__
        expected = caller in seen_by
        for road, found in [
            ("node", await _by_node(graph, caller, document)),
            ("nodes", await _by_nodes(graph, caller, document)),
            ("fragment", await _by_fragment(graph, caller, document)),
            ("field", await _by_field(graph, caller, document, type_name)),
            ("list", await _by_list(graph, caller, document, type_name)),
        ]:
            assert found in {expected, None}, (caller, name, road)


async def test_a_count_counts_what_is_seen(graph: Graph) -> None:
    for caller in ("alice", "bob", "parent", "house", "stranger"):
        answer = await graph.data(caller, "{ records(first: 100) { totalCount nodes { id } } }")
        assert answer["records"]["totalCount"] == len(answer["records"]["nodes"])


async def _by_node(graph: Graph, caller: str, document: Any) -> bool:
    data = await graph.data(caller, "query ($id: ID!) { node(id: $id) { id } }", id=gid(document))
    return data["node"] is not None


async def _by_nodes(graph: Graph, caller: str, document: Any) -> bool:
    data = await graph.data(caller, "query ($id: ID!) { other: nodes(ids: [$id, $id]) { __typename } }", id=gid(document))
    return bool(data["other"] != [None, None])


async def _by_fragment(graph: Graph, caller: str, document: Any) -> bool | None:
    fragment = f"fragment F on {type(document).__name__} {{ id }}"
    answer = await graph.ask(caller, f"query ($id: ID!) {{ node(id: $id) {{ ...F }} }} {fragment}", id=gid(document))
    return None if REFUSALS.intersection(answer.codes) and not answer.data else bool(answer.data["node"])


async def _by_field(graph: Graph, caller: str, document: Any, type_name: str) -> bool | None:
    if type_name in {*NO_LIST, "VisitType", "Organization", "EducationResource", "Account"}:
        return None
    field = type_name.lower() if type_name in ONES else "record"
    answer = await graph.ask(caller, f"query ($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=gid(document))
    return False if REFUSALS.intersection(answer.codes) else bool(answer.data[field])


async def _by_list(graph: Graph, caller: str, document: Any, type_name: str) -> bool | None:
    if type_name in NO_LIST:
        return None
    field = LISTS.get(type_name, "records")
    answer = await graph.ask(caller, f"{{ {field}(first: 200) {{ nodes {{ id }} }} }}")
    if REFUSALS.intersection(answer.codes):
        return None if type_name == "Account" else False
    return {"id": gid(document)} in answer.data[field]["nodes"]
