"""One run of the job: finds what is due, claims it, mails it, and writes down that it did."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass

from models.appointment import Appointment
from models.reminder import Reminder, ReminderOutcome
from resolvers.audit.asked import Asked
from resolvers.context import RequestContext, open_context
from resolvers.majority import Majority
from resolvers.ports import MailNotTaken, Ports, Session
from resolvers.principal import ANONYMOUS
from resolvers.reminders.claiming import claim, finish, keep, note_delivery, put_off
from resolvers.reminders.finding import REMINDED, DueReminder, due_reminders
from resolvers.reminders.recipients import recipients_of
from resolvers.reminders.wording import worded
from resolvers.transactions import transact

_log = logging.getLogger(__name__)

_AT_ONCE = 4
_MOST_ATTEMPTS = 10
_ASKED = Asked("job.sendReminders", is_change=True)


@dataclass(slots=True)
class Sent:
    """What a run did. ``mails`` were taken by the mail server; ``done`` reminders are finished; ``later`` are tried again."""

    mails: int = 0
    done: int = 0
    later: int = 0


class ReminderRun:
    """``stopping`` tells that no further reminder is to be begun. ``progress`` is called after each."""

    def __init__(
        self, ports: Ports, majority: Majority, stopping: asyncio.Event, progress: Callable[[Sent], None] | None = None
    ) -> None:
        self._ports = ports
        self._majority = majority
        self._stopping = stopping
        self._progress = progress
        self.sent = Sent()

    async def run(self) -> Sent:
        """Raises ExpectedError where no mail can be sent, PyMongoError where nothing can be read."""
        self._ports.mailer.check_ready()
        async with aclosing(due_reminders(self._ports.clock())) as batches:
            async for batch in batches:
                waiting = iter(batch)
                async with asyncio.TaskGroup() as workers:
                    for _ in range(min(_AT_ONCE, len(batch))):
                        workers.create_task(self._work(waiting))
                if self._stopping.is_set():
                    break
        return self.sent

    async def _work(self, waiting: Iterator[DueReminder]) -> None:
        for due in waiting:
            if self._stopping.is_set():
                return
            try:
                await self._begin(due)
            except Exception as error:  # noqa: BLE001  # one odd reminder must not keep all others from being sent
                _log.error("a reminder failed (%s); it is tried again", type(error).__name__)
                self.sent.later += 1
            if self._progress is not None:
                self._progress(self.sent)

    async def _begin(self, due: DueReminder) -> None:
        reminder = await claim(due, self._ports.clock())
        if reminder is not None:
            await self._handle(reminder, due)

    async def _handle(self, reminder: Reminder, due: DueReminder) -> None:
        context = open_context(ANONYMOUS, self._ports, majority=self._majority)
        context.asked = _ASKED
        outcome = await self._outcome(context, reminder, due)
        if outcome is None:
            self.sent.later += 1
        elif await _close(context, reminder, outcome):
            self.sent.done += 1

    async def _outcome(self, context: RequestContext, reminder: Reminder, due: DueReminder) -> ReminderOutcome | None:
        """None where it is to be tried again, or has become another's."""
        visit = await Appointment.get(due.appointment_id)
        if visit is None or visit.status not in REMINDED or visit.start != due.start:
            return ReminderOutcome.WITHDRAWN
        told, refused, later = set(reminder.told), set(reminder.refused), False
        for recipient in await recipients_of(context, visit):
            if recipient.account_id in told | refused:
                continue
            instant = self._ports.clock()
            if not await keep(reminder, instant):
                return None
            try:
                await self._ports.mailer.deliver(worded(reminder, due, recipient, self._ports.links.portal()))
            except MailNotTaken as error:
                # Neither address nor text: both are a patient's data.
                _log.warning("a reminder was not taken by the mail server: %s", error.reason)
                later = later or error.temporary
                if not error.temporary:
                    refused.add(recipient.account_id)
                    await note_delivery(reminder, recipient.account_id, instant, taken=False)
            else:
                self.sent.mails += 1
                told.add(recipient.account_id)
                await note_delivery(reminder, recipient.account_id, instant, taken=True)
        if later and reminder.attempts < _MOST_ATTEMPTS:
            await put_off(reminder, self._ports.clock())
            return None
        if told:
            return ReminderOutcome.SENT
        return ReminderOutcome.GIVEN_UP if later or refused else ReminderOutcome.NOBODY


async def _close(context: RequestContext, reminder: Reminder, outcome: ReminderOutcome) -> bool:
    async def work(session: Session) -> bool:
        finished = await finish(reminder, outcome, context.ports.clock(), session)
        if finished:
            # Of the visit, which readers of the trail can follow; a reminder is nothing that anybody sees.
            context.trail.changed("Appointment", reminder.appointment_id, reminder.patient_id, [f"reminder_{outcome.lower()}"])
        return finished

    return await transact(context, work)
