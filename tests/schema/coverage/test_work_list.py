"""The work list: whose coverage to verify before they come."""

from datetime import timedelta
from typing import Any

from models.appointment import Appointment, AppointmentStatus
from models.coverage import Coverage, CoverageStatus, EligibilityCheck, EligibilityOutcome, EligibilitySource
from models.values import Period
from resolvers.eligibility.knowledge import answers, is_stale
from resolvers.eligibility.verifying_all import VerificationRun
from resolvers.majority import USUAL_MAJORITY
from schema.node import global_id
from tests.clinic import NOON
from tests.schema.coverage.office import COVERED, DOWN, NOT_COVERED, Office

LIST = """query ($first: Int, $after: String, $where: CoverageWhere) {
    coverages(first: $first, after: $after, where: $where) { totalCount nodes { id } pageInfo { endCursor hasNextPage } } }"""
NEEDED = {"needsVerification": True}


async def listed(office: Office, where: dict[str, Any]) -> set[str]:
    data = await office.graph.data("staff", LIST, first=200, where=where)
    assert data["coverages"]["totalCount"] == len(data["coverages"]["nodes"])
    return {node["id"] for node in data["coverages"]["nodes"]}


class Rows:
    """Patients with a coverage and a visit each, by what is odd about them."""

    def __init__(self, office: Office) -> None:
        self._house = office.graph.clinic.house
        self.ids: dict[str, str] = {}

    async def add(
        self,
        name: str,
        *,
        starts_in: timedelta = timedelta(days=1),
        visit: AppointmentStatus = AppointmentStatus.BOOKED,
        answered: timedelta | None = None,
        check: dict[str, Any] | None = None,
        **coverage: Any,
    ) -> None:
        patient_id = f"PATIENT{name.upper()}".ljust(26, "0").replace(" ", "0")
        covered = Coverage(**{"status": CoverageStatus.ACTIVE, "patient_id": patient_id, "payer": "Aetna"} | coverage)
        await covered.insert()
        self.ids[name] = global_id("Coverage", covered.id)
        start = NOON + starts_in
        common = {"time_zone": "UTC", "provider_id": self._house.id, "end": start + timedelta(minutes=20)}
        await Appointment(status=visit, start=start, patient_id=patient_id, **common).insert()
        if answered is not None:
            given = {"outcome": EligibilityOutcome.COMPLETE, "in_force": True} | (check or {})
            await EligibilityCheck(
                coverage_id=covered.id,
                patient_id=patient_id,
                answered_by=EligibilitySource.PAYER,
                checked_at=NOON - answered,
                **given,
            ).insert()


async def test_those_who_come_soon_and_are_not_verified_are_on_it(office: Office) -> None:
    rows, day = Rows(office), timedelta(days=1)
    await rows.add("never asked")
    await rows.add("pending", visit=AppointmentStatus.PENDING)
    await rows.add("arrived", visit=AppointmentStatus.ARRIVED, starts_in=-timedelta(minutes=10))
    await rows.add("last moment", starts_in=7 * day - timedelta(seconds=1))
    await rows.add("stale", answered=30 * day)
    await rows.add("no answer", answered=day, check={"outcome": EligibilityOutcome.ERROR, "in_force": None})
    await rows.add("half an answer", answered=day, check={"outcome": EligibilityOutcome.PARTIAL, "in_force": None})
    await rows.add("last year", answered=NOON - NOON.replace(year=2025, month=12, day=31))
    wanted = set(rows.ids.values())
    await rows.add("fresh", answered=29 * day)
    await rows.add("not in force", answered=day, check={"in_force": False})
    await rows.add("later", starts_in=7 * day)
    await rows.add("over", starts_in=-day)
    await rows.add("called off", visit=AppointmentStatus.CANCELLED)
    await rows.add("waiting", visit=AppointmentStatus.WAITLISTED)
    await rows.add("draft", status=CoverageStatus.DRAFT)
    await rows.add("ended", status=CoverageStatus.CANCELLED)
    await rows.add("ended by itself", period=Period(end=NOON))
    await rows.add("not begun", period=Period(start=NOON + 7 * day))
    assert await listed(office, NEEDED) == wanted
    clinics_own = global_id("Coverage", office.graph.clinic.coverage.id)
    assert await listed(office, {"needsVerification": False}) == set(rows.ids.values()) - wanted | {clinics_own}
    assert await listed(office, {**NEEDED, "payer": "Cigna"}) == set()
    for check in await EligibilityCheck.find_all().to_list():  # the list and the graph judge alike
        judged = bool(answers([check])) and not is_stale(check, NOON)
        assert judged is (global_id("Coverage", check.coverage_id) not in wanted | {clinics_own})


async def test_its_pages_follow_each_other_and_cost_the_same_whatever_their_length(office: Office) -> None:
    rows = Rows(office)
    for number in range(9):
        await rows.add(f"patient {number}")
    seen: list[str] = []
    after, commands = None, set()
    for first in (1, 3, 5):
        answer = await office.graph.ask("staff", LIST, first=first, after=after, where=NEEDED)
        page = answer.data["coverages"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        commands.add(answer.commands)
        assert page["totalCount"] == 9
    assert seen == list(rows.ids.values())
    assert (len(commands), page["pageInfo"]["hasNextPage"]) == (1, False)


async def test_it_is_staffs(office: Office) -> None:
    for caller in ("alice", "house"):
        for needed in (True, False):
            answer = await office.graph.ask(caller, LIST, where={"needsVerification": needed})
            assert answer.codes == ["The work list of verifications is staff's."]
    assert set((await office.graph.ask("admin", LIST, where=NEEDED)).codes) == {"FORBIDDEN"}
    assert "needsVerification" in (await office.graph.ask("analyst", LIST, where=NEEDED)).codes[0]


async def test_all_of_it_is_asked_about_a_few_at_a_time(office: Office) -> None:
    """The job acts for nobody; what it finds out is kept and audited all the same."""
    clinic = office.graph.clinic
    await office.known_payer()
    await Appointment.get_pymongo_collection().update_many({"status": "BOOKED"}, {"$set": {"start": NOON + timedelta(days=1)}})
    assert (await office.add())["errors"] == []
    bare = Coverage(status=CoverageStatus.ACTIVE, patient_id=clinic.bob.id, payer="Unknown", member_id="X")
    await bare.insert()
    told: list[tuple[int, int]] = []
    run = VerificationRun(office.graph.ports, USUAL_MAJORITY, lambda done, total: told.append((done, total)))
    verified = await run.run()
    assert (verified.waiting, verified.asked, verified.in_force, verified.no_answer) == (3, 2, 2, 0)
    assert verified.not_askable == {"PAYER_NOT_SET_UP": 1}
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert {question.member_id for question in office.gateway.asked} == {"W123", "B1"}
    again = await VerificationRun(office.graph.ports, USUAL_MAJORITY).run()
    assert (again.waiting, again.asked) == (1, 0)


async def test_a_payer_that_is_down_leaves_it_as_it_was(office: Office) -> None:
    await office.known_payer()
    await Appointment.get_pymongo_collection().update_many({"status": "BOOKED"}, {"$set": {"start": NOON + timedelta(days=1)}})
    dry = await VerificationRun(office.graph.ports, USUAL_MAJORITY).run(dry=True)
    assert (dry.waiting, dry.asked, office.gateway.asked) == (1, 0, [])
    for answer, counts in ((DOWN, (0, 0, 1)), (NOT_COVERED, (0, 1, 0)), (COVERED, (0, 0, 0))):
        office.gateway.answer = answer
        done = await VerificationRun(office.graph.ports, USUAL_MAJORITY).run()
        assert (done.in_force, done.not_in_force, done.no_answer) == counts
