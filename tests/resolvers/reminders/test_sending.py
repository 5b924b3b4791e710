"""Which reminders go out, to whom, what they say, and that each does once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.account import AccountStatus
from models.appointment import AppointmentStatus
from models.audit_event import AuditEvent
from models.confidentiality import Confidentiality
from models.patient import BirthDate, Patient, ProxyScope
from models.reminder import Reminder, ReminderOutcome
from models.role import Role
from resolvers.ports import Mail, MailNotTaken
from resolvers.reminders import sending
from resolvers.reminders.claiming import LEASE, claim, keep, note_delivery
from resolvers.reminders.finding import DueReminder, due_reminders
from tests.clinic import NOON
from tests.resolvers.reminders.conftest import Job
from tests.sent_commands import count_commands

AFTERNOON = datetime(2026, 3, 3, 18, tzinfo=UTC)  # 13:00 in New York
DAY_BEFORE, TWO_HOURS_BEFORE = AFTERNOON - timedelta(days=1), AFTERNOON - timedelta(hours=2)


async def _set(document: Any, **fields: Any) -> None:
    await type(document).get_pymongo_collection().update_one({"_id": document.id}, {"$set": fields})


async def test_a_day_and_two_hours_before_each_once(job: Job) -> None:
    visit = await job.visit(AFTERNOON)
    minute = timedelta(minutes=1)
    instants = [DAY_BEFORE - minute, DAY_BEFORE, DAY_BEFORE + minute, TWO_HOURS_BEFORE, TWO_HOURS_BEFORE + minute, AFTERNOON]
    counts = [(await job.run_at(instant)).mails for instant in instants]
    assert counts == [0, 1, 0, 1, 0, 0]
    assert [reminder.id for reminder in await job.stored()] == [
        f"{visit.id}:20260303T1800Z:120",
        f"{visit.id}:20260303T1800Z:1440",
    ]
    assert {reminder.outcome for reminder in await job.stored()} == {ReminderOutcome.SENT}


async def test_it_says_when_and_where_to_look_and_nothing_else(job: Job) -> None:
    await job.visit(AFTERNOON)
    await job.run_at(DAY_BEFORE)
    [mail] = job.post.taken
    assert (mail.to, mail.subject) == ("alice@clinic.example", "Appointment reminder")
    assert mail.text == (
        "You have an appointment on Tuesday, 3 March 2026 at 13:00 (America/New York time).\n\n"
        "To see, move or cancel it, sign in at https://clinic.example\n\n"
        "There you also choose when you are reminded. Please do not answer this mail."
    )


async def test_in_the_patients_own_zone_and_not_in_its_night(job: Job) -> None:
    await job.wish(1440, zone="Asia/Tokyo")
    start = datetime(2026, 3, 3, 14, 30, tzinfo=UTC)  # 23:30 in Tokyo: a day before is night
    await job.visit(start)
    assert (await job.run_at(start - timedelta(days=1))).mails == 0
    morning = datetime(2026, 3, 2, 22, tzinfo=UTC)  # seven in Tokyo
    assert (await job.run_at(morning - timedelta(minutes=1))).mails == 0
    assert (await job.run_at(morning)).mails == 1
    assert "Tuesday, 3 March 2026 at 23:30 (Asia/Tokyo time)" in job.post.taken[0].text


async def test_who_wants_to_know_early_does_and_who_wants_none_gets_none(job: Job) -> None:
    start = NOON + timedelta(days=14, hours=5)
    await job.wish(20160)
    await job.wish(patient=job.clinic.bob)
    await job.visit(start)
    await job.visit(start, job.clinic.child)  # as most: not so early
    await job.visit(NOON + timedelta(days=1), job.clinic.bob)
    assert (await job.run_at(NOON + timedelta(hours=4, minutes=59))).mails == 0
    assert (await job.run_at(NOON + timedelta(hours=5))).mails == 1
    assert job.addresses == ["alice"]


async def test_a_moved_visit_is_told_anew_and_a_cancelled_one_not_at_all(job: Job) -> None:
    moved, cancelled = await job.visit(AFTERNOON), await job.visit(AFTERNOON, job.clinic.bob)
    await job.run_at(DAY_BEFORE)
    assert job.addresses.count("alice") == 1
    later = AFTERNOON + timedelta(days=7)
    await _set(moved, start=later, end=later + timedelta(minutes=20))
    await _set(cancelled, status=AppointmentStatus.CANCELLED.value)
    assert (await job.run_at(TWO_HOURS_BEFORE)).mails == 0
    assert (await job.run_at(later - timedelta(days=1))).mails == 1
    assert job.addresses[-1] == "alice"


@pytest.mark.parametrize("status", sorted(set(AppointmentStatus) - {AppointmentStatus.BOOKED, AppointmentStatus.PENDING}))
async def test_only_what_will_take_place(job: Job, status: AppointmentStatus) -> None:
    await job.visit(AFTERNOON, status=status)
    assert (await job.run_at(DAY_BEFORE)).mails == 0


async def test_a_visit_cancelled_after_it_was_found_is_not_told(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = await job.visit(AFTERNOON)

    async def then_cancelled(due: DueReminder, instant: datetime) -> Reminder | None:
        reminder = await claim(due, instant)
        await _set(visit, status=AppointmentStatus.CANCELLED.value)
        return reminder

    monkeypatch.setattr(sending, "claim", then_cancelled)
    assert (await job.run_at(DAY_BEFORE)).mails == 0
    assert [reminder.outcome for reminder in await job.stored()] == [ReminderOutcome.WITHDRAWN]


async def test_who_slept_over_the_lease_does_not_go_on(job: Job) -> None:
    await job.visit(AFTERNOON)
    job.clock.instant = DAY_BEFORE
    [[due]] = [batch async for batch in due_reminders(DAY_BEFORE)]
    sleeper = await claim(due, DAY_BEFORE)
    assert sleeper is not None
    assert await claim(due, DAY_BEFORE + LEASE - timedelta(seconds=1)) is None
    assert await claim(due, DAY_BEFORE + LEASE) is not None
    assert not await keep(sleeper, DAY_BEFORE + LEASE)
    await note_delivery(sleeper, "sleeper", DAY_BEFORE + LEASE, taken=True)
    assert [reminder.told for reminder in await job.stored()] == [[]]


async def test_the_dead_are_not_reminded(job: Job) -> None:
    await job.visit(AFTERNOON)
    await _set(job.clinic.alice, deceased_at=NOON)
    assert (await job.run_at(DAY_BEFORE)).mails == 0


async def test_a_childs_visit_is_told_to_the_parent_while_the_right_holds(job: Job) -> None:
    await job.visit(AFTERNOON, job.clinic.child)
    await job.run_at(DAY_BEFORE)
    assert job.addresses == ["parent"]
    assert job.post.taken[0].text.startswith("Somebody you act for has an appointment on")
    assert "Charlie" not in job.post.taken[0].text
    await _set(job.clinic.child, birth_date=BirthDate(2008, 3, 3).sealed)  # comes of age on the day of the visit
    assert (await job.run_at(TWO_HOURS_BEFORE)).mails == 0
    assert [reminder.outcome for reminder in await job.stored()] == [ReminderOutcome.NOBODY, ReminderOutcome.SENT]


async def test_a_confidential_visit_is_told_to_nobody_but_the_patient(job: Job) -> None:
    restricted = Confidentiality.RESTRICTED
    await job.visit(AFTERNOON, job.clinic.child, confidentiality=restricted)
    await job.visit(AFTERNOON, confidentiality=restricted)
    await job.run_at(DAY_BEFORE)
    assert job.addresses == ["alice"]


async def test_only_proxies_for_appointments(job: Job) -> None:
    await job.visit(AFTERNOON, job.clinic.child)
    await Patient.get_pymongo_collection().update_one(
        {"_id": job.clinic.child.id}, {"$set": {"proxies.0.scope": [ProxyScope.RECORDS.value]}}
    )
    assert (await job.run_at(DAY_BEFORE)).mails == 0


@pytest.mark.parametrize(
    "change",
    [{"email_verified_at": None}, {"status": AccountStatus.DEACTIVATED.value}, {"roles": [Role.STAFF.value]}],
)
async def test_only_to_addresses_that_are_proved_of_open_accounts_of_patients(job: Job, change: dict[str, Any]) -> None:
    await job.visit(AFTERNOON)
    await _set(job.clinic.accounts["alice"], **change)
    assert (await job.run_at(DAY_BEFORE)).mails == 0
    assert [reminder.outcome for reminder in await job.stored()] == [ReminderOutcome.NOBODY]


async def test_a_mail_server_that_says_later_is_asked_later_and_nobody_is_told_twice(job: Job) -> None:
    await job.visit(AFTERNOON, job.clinic.child)
    await Patient.get_pymongo_collection().update_one(
        {"_id": job.clinic.child.id}, {"$push": {"proxies": {"account_id": job.clinic.accounts["bob"].id, "relationship": "OTHER",
         "period": {}, "scope": ["APPOINTMENTS"], "id": "p2"}}}
    )  # fmt: skip
    refused = {"bob@clinic.example"}

    async def busy(mail: Mail) -> None:
        if mail.to in refused:
            refused.discard(mail.to)
            raise MailNotTaken("the server answered 451", temporary=True)

    job.post.before = busy
    first = await job.run_at(DAY_BEFORE)
    assert (first.mails, first.done, first.later, job.addresses) == (1, 0, 1, ["parent"])
    assert (await job.run_at(DAY_BEFORE + timedelta(seconds=59))).mails == 0
    second = await job.run_at(DAY_BEFORE + timedelta(seconds=60))
    assert (second.mails, second.done, job.addresses) == (1, 1, ["parent", "bob"])


async def test_an_address_that_is_refused_for_good_is_given_up(job: Job) -> None:
    await job.visit(AFTERNOON)

    async def never(_mail: Mail) -> None:
        raise MailNotTaken("the recipient was refused", temporary=False)

    job.post.before = never
    assert (await job.run_at(DAY_BEFORE)).done == 1
    [reminder] = await job.stored()
    assert (reminder.outcome, reminder.refused) == (ReminderOutcome.GIVEN_UP, [job.clinic.accounts["alice"].id])


async def test_one_odd_reminder_keeps_no_other_back(job: Job) -> None:
    await job.visit(AFTERNOON)
    await job.visit(AFTERNOON, job.clinic.bob)

    async def odd(mail: Mail) -> None:
        if mail.to.startswith("alice"):
            raise RuntimeError("odd")

    job.post.before = odd
    sent = await job.run_at(DAY_BEFORE)
    assert (sent.mails, sent.later, job.addresses) == (1, 1, ["bob"])
    job.post.before = None
    assert (await job.run_at(DAY_BEFORE + LEASE)).mails == 1


async def test_many_at_once_send_each_reminder_once(job: Job) -> None:
    for minutes in range(30):
        await job.visit(AFTERNOON + timedelta(minutes=minutes), (job.clinic.alice, job.clinic.bob)[minutes % 2])

    async def slow(_mail: Mail) -> None:
        await asyncio.sleep(0.01)

    job.post.before = slow
    job.clock.instant = DAY_BEFORE + timedelta(minutes=30)
    runs = await asyncio.gather(*(job.run() for _ in range(5)))
    assert len(job.post.taken) == sum(run.mails for run in runs) == sum(run.done for run in runs) == 30
    assert len({mail.key for mail in job.post.taken}) == 30


async def test_the_trail_has_who_was_told(job: Job) -> None:
    visit = await job.visit(AFTERNOON)
    await job.run_at(DAY_BEFORE)
    [entry] = await AuditEvent.find({"action": "job.sendReminders"}).to_list()
    assert (entry.patient_id, entry.subjects, entry.actor_id) == (job.clinic.alice.id, [f"Appointment:{visit.id}"], None)
    assert entry.fields == ["Appointment.reminder_sent"]


async def test_it_costs_no_more_commands_for_more_visits(job: Job) -> None:
    async def look() -> int:
        with count_commands() as counter:
            assert [due async for batch in due_reminders(NOON) for due in batch] == []
        return counter.total

    await job.visit(NOON + timedelta(hours=30))
    one = await look()
    for minutes in range(200):
        await job.visit(NOON + timedelta(hours=30, minutes=minutes), job.clinic.bob)
    assert await look() == one
