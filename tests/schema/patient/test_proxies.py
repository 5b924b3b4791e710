"""Acting for somebody else: who may let whom, and what a proxy sees from when to when."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from models.account import Account, AccountKind
from models.appointment import Appointment, AppointmentStatus, ScheduleEvent, ScheduleEventKind
from models.audit_event import AuditOutcome
from models.confidentiality import Confidentiality
from models.coverage import Coverage, CoverageStatus, EligibilityCheck, EligibilityOutcome, EligibilitySource
from models.invoice import Invoice, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from models.patient import BirthDate, Patient
from models.role import Role
from resolvers.billing.bookkeeping import book_imported
from resolvers.proxies import MAX_PROXIES, bind_proxies
from tests.audited import audited
from tests.clinic import NOON, FixedClock, Mailbox, dollars
from tests.graph import Graph, gid

GRANT = """mutation ($input: GrantProxyInput!) { grantProxy(input: $input) {
  proxy { id email relationship scope period { start end } account { email } } patient { proxies { id } }
  errors { __typename code path } } }"""
REVOKE = """mutation ($input: RevokeProxyInput!) { revokeProxy(input: $input) {
  patient { proxies { id period { end } } } errors { __typename code path } } }"""
FRIEND = "friend@elsewhere.example"


async def _grant(graph: Graph, caller: str = "alice", **changes: Any) -> Any:
    given = {"patient": gid(graph.clinic.alice), "email": FRIEND, "relationship": "CAREGIVER", "scope": ["APPOINTMENTS"]}
    return (await graph.data(caller, GRANT, input={**given, **changes}))["grantProxy"]


async def _revoke(graph: Graph, caller: str, proxy: str, patient: Patient | None = None, **more: Any) -> Any:
    given = {"patient": gid(patient or graph.clinic.alice), "proxy": proxy, **more}
    return (await graph.data(caller, REVOKE, input=given))["revokeProxy"]


async def _see(graph: Graph, caller: str, document: Any) -> bool:
    data = await graph.data(caller, "query ($id: ID!) { node(id: $id) { id } }", id=gid(document))
    return data["node"] is not None


async def _verified(graph: Graph, name: str) -> Account:
    account = graph.clinic.accounts[name]
    account.email_verified_at = NOON
    await account.save()
    return account


def _at(graph: Graph, **later: float) -> Graph:
    return replace(graph, ports=replace(graph.ports, clock=FixedClock(NOON + timedelta(**later))))


def _codes(payload: Any) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def test_a_proxy_sees_what_the_scope_says(graph: Graph) -> None:
    bob = await _verified(graph, "bob")
    clinic = graph.clinic
    assert (await _grant(graph, email=" Bob@Clinic.Example"))["errors"] == []
    assert await _see(graph, "bob", clinic.alice)
    assert await _see(graph, "bob", clinic.visit)
    for hidden in (clinic.condition, clinic.invoice, clinic.coverage):
        assert not await _see(graph, "bob", hidden)
    await _grant(graph, email=bob.email, scope=["RECORDS", "BILLING"])
    for shown in (clinic.condition, clinic.invoice, clinic.payment, clinic.coverage, clinic.check):
        assert await _see(graph, "bob", shown)
    for hidden in (clinic.visit, clinic.restricted_note, clinic.secret_note, clinic.held_report, clinic.draft_invoice):
        assert not await _see(graph, "bob", hidden)


async def test_the_answer_does_not_tell_whether_there_is_an_account(graph: Graph) -> None:
    await _verified(graph, "bob")
    given = {"patient": gid(graph.clinic.alice), "relationship": "OTHER", "scope": ["RECORDS"]}
    known = await graph.ask("alice", GRANT, input={**given, "email": "bob@clinic.example"})
    unknown = await graph.ask("alice", GRANT, input={**given, "email": FRIEND})
    assert known.commands == unknown.commands
    answers = [answer.data["grantProxy"]["proxy"] for answer in (known, unknown)]
    assert answers[0].pop("email") == "bob@clinic.example"
    assert answers[1].pop("email") == FRIEND
    assert answers[0].pop("id") != answers[1].pop("id")
    assert answers[0] == answers[1]
    assert isinstance(graph.ports.mailer, Mailbox)
    mails = graph.ports.mailer.mails
    assert [mail.to for mail in mails] == ["bob@clinic.example", FRIEND]
    assert mails[0].text == mails[1].text
    assert not any(word in mails[0].text + mails[0].subject for word in ("Alice", "Müller", "M0000000001"))


async def test_an_address_nobody_has_proved_gives_no_right(graph: Graph) -> None:
    assert (await _grant(graph, email="bob@clinic.example"))["errors"] == []
    assert not await _see(graph, "bob", graph.clinic.alice)
    account = await _verified(graph, "bob")
    await graph.database.transaction(lambda session: bind_proxies(account, session))
    assert await _see(graph, "bob", graph.clinic.alice)
    stored = await Patient.get(graph.clinic.alice.id)
    assert stored is not None
    assert [proxy.account_id for proxy in stored.proxies] == [account.id]


async def test_binding_takes_only_what_is_unbound_and_only_for_persons(graph: Graph) -> None:
    await _grant(graph, email="bob@clinic.example", relationship="OTHER")
    await _grant(graph, email=FRIEND)
    machine = graph.clinic.accounts["bob"].model_copy(update={"kind": AccountKind.SERVICE})
    await graph.database.transaction(lambda session: bind_proxies(machine, session))
    assert not await _see(graph, "bob", graph.clinic.alice)
    account = graph.clinic.accounts["bob"]
    await graph.database.transaction(lambda session: bind_proxies(account, session))
    stored = await Patient.get(graph.clinic.alice.id)
    assert stored is not None
    assert {proxy.email: proxy.account_id for proxy in stored.proxies} == {"bob@clinic.example": account.id, FRIEND: None}
    other = account.model_copy(update={"id": "0" * 26})
    await graph.database.transaction(lambda session: bind_proxies(other, session))
    again = await Patient.get(graph.clinic.alice.id)
    assert again is not None
    assert again.proxies == stored.proxies


async def test_a_second_grant_changes_the_first(graph: Graph) -> None:
    first = (await _grant(graph))["proxy"]["id"]
    second = await _grant(graph, scope=["RECORDS"], period={"end": "2026-04-01T00:00:00Z"})
    assert second["proxy"]["id"] == first
    assert second["proxy"]["scope"] == ["RECORDS"]
    assert second["patient"]["proxies"] == [{"id": first}]
    other = await _grant(graph, relationship="OTHER")
    assert len(other["patient"]["proxies"]) == 2


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"email": "nonsense"}, ["email"]),
        ({"email": "alice@clinic.example"}, ["email"]),
        ({"scope": []}, ["scope"]),
        ({"relationship": "PARENT"}, ["relationship"]),
        ({"period": {"end": "2026-03-02T12:00:00Z"}}, ["period", "end"]),
        ({"period": {"start": "2026-05-01T00:00:00Z", "end": "2026-05-01T00:00:00Z"}}, ["period", "end"]),
    ],
)
async def test_nonsense_is_refused_with_its_path(graph: Graph, changes: dict[str, Any], path: list[str]) -> None:
    assert _codes(await _grant(graph, **changes)) == [("INVALID", path)]
    stored = await Patient.get(graph.clinic.alice.id)
    assert stored is not None
    assert (stored.proxies, stored.revision) == ([], 1)


@pytest.mark.parametrize("caller", ["bob", "parent"])
async def test_nobody_grants_for_others(graph: Graph, caller: str) -> None:
    assert _codes(await _grant(graph, caller)) == [("NOT_FOUND", ["patient"])]


async def test_a_proxy_cannot_make_proxies(graph: Graph) -> None:
    assert await _see(graph, "parent", graph.clinic.child)
    assert _codes(await _grant(graph, "parent", patient=gid(graph.clinic.child))) == [("NOT_FOUND", ["patient"])]


async def test_for_minors_and_unknown_ages_the_desk_decides(graph: Graph) -> None:
    for born in (date(2010, 1, 1), None):
        await Patient.find_one({"_id": graph.clinic.alice.id}).update(
            {"$set": {"birth_date": born and BirthDate(born.year, born.month, born.day)}}
        )
        assert _codes(await _grant(graph)) == [("STAFF_ONLY", ["patient"])]
    assert (await _grant(graph, "staff"))["errors"] == []
    parental = await _grant(graph, "staff", patient=gid(graph.clinic.child), relationship="PARENT", email="dad@home.example")
    assert parental["errors"] == []
    proxy = (await _grant(graph, "staff"))["proxy"]["id"]
    assert _codes(await _revoke(graph, "alice", proxy)) == [("STAFF_ONLY", ["patient"])]


async def test_there_is_a_limit_that_ended_rights_do_not_use_up(graph: Graph) -> None:
    payloads = [await _grant(graph, email=f"p{number}@home.example") for number in range(MAX_PROXIES)]
    assert all(payload["errors"] == [] for payload in payloads)
    later = _at(graph, minutes=16)
    assert _codes(await _grant(later)) == [("TOO_MANY_PROXIES", ["patient"])]
    await _revoke(later, "alice", payloads[3]["proxy"]["id"])
    assert (await _grant(later))["errors"] == []


async def test_grants_send_mail_and_are_slowed_down(graph: Graph) -> None:
    for _ in range(20):
        assert (await _grant(graph))["errors"] == []
    assert _codes(await _grant(graph)) == [("TOO_MANY_ATTEMPTS", [])]


async def test_racers_make_one_proxy_of_one_address(graph: Graph) -> None:
    payloads = await asyncio.gather(*(_grant(graph) for _ in range(5)))
    assert all(payload["errors"] == [] for payload in payloads)
    stored = await Patient.get(graph.clinic.alice.id)
    assert stored is not None
    assert len(stored.proxies) == 1
    different = await asyncio.gather(*(_grant(graph, email=f"r{number}@home.example") for number in range(4)))
    assert all(payload["errors"] == [] for payload in different)
    stored = await Patient.get(graph.clinic.alice.id)
    assert stored is not None
    assert len(stored.proxies) == 5


async def test_one_key_grants_once(graph: Graph) -> None:
    first = await _grant(graph, idempotencyKey="k")
    await _revoke(graph, "alice", first["proxy"]["id"])
    again = await _grant(graph, idempotencyKey="k")
    assert again["proxy"]["id"] == first["proxy"]["id"]
    assert again["patient"] == first["patient"]


@pytest.mark.parametrize("caller", ["alice", "staff", "bob"])
async def test_a_right_is_ended_at_once_and_kept(graph: Graph, caller: str) -> None:
    await _verified(graph, "bob")
    proxy = (await _grant(graph, email="bob@clinic.example"))["proxy"]["id"]
    assert await _see(graph, "bob", graph.clinic.visit)
    payload = await _revoke(_at(graph, minutes=1), caller, proxy)
    assert payload["errors"] == []
    ended = [{"id": proxy, "period": {"end": "2026-03-02T12:01:00Z"}}]
    assert payload["patient"] == (None if caller == "bob" else {"proxies": ended})
    later = _at(graph, minutes=1)
    assert not await _see(later, "bob", graph.clinic.visit)
    assert not await _see(later, "bob", graph.clinic.alice)
    assert _codes(await _revoke(later, "alice", proxy)) == [("CONFLICT", ["proxy"])]


async def test_nobody_else_ends_a_right(graph: Graph) -> None:
    proxy = (await _grant(graph))["proxy"]["id"]
    assert _codes(await _revoke(graph, "bob", proxy)) == [("NOT_FOUND", ["patient"])]
    assert _codes(await _revoke(graph, "alice", "0" * 26)) == [("NOT_FOUND", ["proxy"])]
    childs = Patient.model_validate(graph.clinic.child.model_dump()).proxies[0].id
    assert _codes(await _revoke(graph, "alice", childs)) == [("NOT_FOUND", ["proxy"])]
    await _verified(graph, "bob")
    await _grant(graph, email="bob@clinic.example")
    assert _codes(await _revoke(graph, "bob", proxy)) == [("NOT_FOUND", ["proxy"])]


async def test_a_proxy_stored_before_there_were_ids_can_be_ended(graph: Graph) -> None:
    rows = Patient.get_pymongo_collection()
    await rows.update_one({"_id": graph.clinic.child.id}, {"$unset": {"proxies.0.id": "", "proxies.0.email": ""}})
    listed = await graph.data("staff", "query ($id: ID!) { patient(id: $id) { proxies { id } } }", id=gid(graph.clinic.child))
    proxy = listed["patient"]["proxies"][0]["id"]
    assert (await _revoke(graph, "staff", proxy, graph.clinic.child))["errors"] == []
    assert not await _see(graph, "parent", graph.clinic.child)


async def test_a_right_that_has_not_begun_can_be_ended(graph: Graph) -> None:
    await _verified(graph, "bob")
    start = {"start": "2026-06-01T00:00:00Z"}
    proxy = (await _grant(graph, email="bob@clinic.example", period=start))["proxy"]["id"]
    assert not await _see(graph, "bob", graph.clinic.alice)
    assert await _see(_at(graph, days=100), "bob", graph.clinic.alice)
    assert (await _revoke(graph, "alice", proxy))["errors"] == []
    assert not await _see(_at(graph, days=100), "bob", graph.clinic.alice)


async def test_the_address_is_for_those_who_granted_it_and_the_proxy(graph: Graph) -> None:
    await _verified(graph, "bob")
    await _verified(graph, "parent")
    await _grant(graph, email="bob@clinic.example")
    await _grant(graph, email="parent@clinic.example", relationship="OTHER")
    query = "query ($id: ID!) { patient(id: $id) { proxies { email } } }"
    for caller, seen in [
        ("alice", ["bob@clinic.example", "parent@clinic.example"]),
        ("staff", ["bob@clinic.example", "parent@clinic.example"]),
        ("bob", ["bob@clinic.example", None]),
        ("house", [None, None]),
    ]:
        data = await graph.data(caller, query, id=gid(graph.clinic.alice))
        assert [proxy["email"] for proxy in data["patient"]["proxies"]] == seen, caller


async def test_proxies_change_nothing_of_the_profile(graph: Graph) -> None:
    update = "mutation ($input: UpdatePatientInput!) { updatePatient(input: $input) { errors { code } } }"
    data = await graph.data("parent", update, input={"id": gid(graph.clinic.child), "preferredLanguage": "de"})
    assert data["updatePatient"]["errors"] == [{"code": "NOT_FOUND"}]


async def test_a_grant_is_noted_for_the_audit(graph: Graph) -> None:
    context = graph.context("alice")
    given = {"patient": gid(graph.clinic.alice), "email": FRIEND, "relationship": "OTHER", "scope": ["BILLING"]}
    await graph.schema.execute(GRANT, variable_values={"input": given}, context_value=context)
    events = await audited(patient_id=graph.clinic.alice.id)
    (event,) = [event for event in events if any("proxies" in field for field in event.fields)]
    assert (event.actor_id, event.outcome) == (graph.clinic.accounts["alice"].id, AuditOutcome.SUCCESS)
    assert FRIEND not in str(event.model_dump())


class TestConfidentialServices:
    """A minor's confidential services are not a parent's to see, and that includes their invoices."""

    @pytest.fixture
    async def kept(self, graph: Graph) -> dict[str, Any]:
        child, house = graph.clinic.child, graph.clinic.house
        close = {"confidentiality": Confidentiality.RESTRICTED, "patient_id": child.id}
        plain = {"patient_id": child.id}
        found: dict[str, Any] = {}
        for number, (name, fields) in enumerate((("secret", close), ("plain", plain))):
            visit = Appointment(
                status=AppointmentStatus.FULFILLED, start=NOON, time_zone="UTC", provider_id=house.id, reason=name, **fields
            )
            event = ScheduleEvent(
                kind=ScheduleEventKind.BOOKED,
                at=NOON,
                provider_id=house.id,
                sequence=10 + number,
                appointment_id=visit.id,
                **fields,
            )
            invoice = Invoice(
                status=InvoiceStatus.ISSUED,
                appointment_id=visit.id,
                lines=[],
                total=dollars(100),
                insurance=dollars(0),
                patient_responsibility=dollars(100),
                issued_at=NOON,
                **fields,
            )
            payment = Payment(
                invoice_id=invoice.id, amount=dollars(30), method=PaymentMethod.CASH, status=PaymentStatus.SUCCEEDED, **fields
            )
            found |= {f"{name}_visit": visit, f"{name}_event": event, f"{name}_invoice": invoice, f"{name}_payment": payment}
        coverage = Coverage(status=CoverageStatus.ACTIVE, patient_id=child.id, payer="Aetna")
        found["coverage"] = coverage
        for name, fields in (("secret", close), ("plain", plain)):
            found[f"{name}_check"] = EligibilityCheck(
                coverage_id=coverage.id,
                outcome=EligibilityOutcome.COMPLETE,
                answered_by=EligibilitySource.PAYER,
                checked_at=NOON + timedelta(hours=name == "secret"),
                service_type="A4" if name == "secret" else "30",
                **fields,
            )
        for document in found.values():
            await document.insert()
        await book_imported()
        account = Account(email="child@clinic.example", roles=[Role.PATIENT], patient_id=child.id)
        graph.clinic.accounts["child"] = await account.insert()
        return found

    @pytest.mark.parametrize("kind", ["visit", "invoice", "payment", "check"])
    async def test_no_road_leads_a_parent_there(self, graph: Graph, kept: dict[str, Any], kind: str) -> None:
        secret, plain = kept[f"secret_{kind}"], kept[f"plain_{kind}"]
        for caller, sees in (("parent", False), ("child", True), ("staff", True)):
            assert await _see(graph, caller, secret) is sees
            assert await _see(graph, caller, plain)

    async def test_lists_counts_sums_and_relations_leave_it_out(self, graph: Graph, kept: dict[str, Any]) -> None:
        query = """query ($id: ID!) { patient(id: $id) {
          appointments { totalCount nodes { reason confidentiality history { kind } invoice { id } } }
          invoices { totalCount nodes { id confidentiality payments { id } paid { minorUnits } } } balance { minorUnits }
          coverages { verification { serviceType } verifications { serviceType } } }
          appointments { totalCount } invoices { totalCount } }"""
        parent = await graph.data("parent", query, id=gid(graph.clinic.child))
        child = await graph.data("child", query, id=gid(graph.clinic.child))
        assert parent["appointments"] == parent["invoices"] == {"totalCount": 1}
        assert child["appointments"] == child["invoices"] == {"totalCount": 2}
        seen, own = parent["patient"], child["patient"]
        assert (seen["balance"], own["balance"]) == ({"minorUnits": 70}, {"minorUnits": 140})
        assert seen["appointments"]["totalCount"] == seen["invoices"]["totalCount"] == 1
        assert [node["reason"] for node in seen["appointments"]["nodes"]] == ["plain"]
        assert {node["confidentiality"] for node in own["appointments"]["nodes"]} == {"NORMAL", "RESTRICTED"}
        assert seen["coverages"] == [{"verification": {"serviceType": "30"}, "verifications": [{"serviceType": "30"}]}]
        assert own["coverages"][0]["verification"] == {"serviceType": "A4"}
        assert gid(kept["secret_invoice"]) not in str(parent)

    async def test_an_event_of_a_confidential_visit_is_not_history_for_a_parent(self, graph: Graph, kept: dict[str, Any]) -> None:
        events = graph.context("parent").loaders.events_of_appointment
        assert await events.load(kept["secret_visit"].id) == []
        mine = graph.context("child").loaders.events_of_appointment
        assert [event.id for event in await mine.load(kept["secret_visit"].id)] == [kept["secret_event"].id]

    async def test_what_has_no_level_is_ordinary(self, graph: Graph, kept: dict[str, Any]) -> None:
        rows = Appointment.get_pymongo_collection()
        await rows.update_one({"_id": kept["plain_visit"].id}, {"$unset": {"confidentiality": ""}})
        assert await _see(graph, "parent", kept["plain_visit"])
