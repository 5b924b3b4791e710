"""Telling patient and proxies by mail that something new is in the record, and nothing else: mail is read by others on the way.

What comes within a minute is one mail. Which process sends it is decided by a conditional write on the patient's feed, held for a
lease. A mail of one position has one key, so that who takes over after a crash sends one that a mailbox shows once.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from models.account import Account
from models.identity import new_id
from models.record import Record
from models.record_release_event import RecordRelease, ReleaseFeed
from models.role import Role
from resolvers.context import RequestContext
from resolvers.policy import restrict
from resolvers.ports import Mail, MailNotTaken
from resolvers.principal import principal_of
from resolvers.release.acting import access_as
from resolvers.reminders.recipients import reachable_accounts
from resolvers.rows import ONE_BATCH

_log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=2)
_PAUSE = timedelta(minutes=5)
"""Until the next try after a mail server said "later"."""

_GOOD_FOR = timedelta(days=1)
"""A mail that would be later than that is not sent: whoever wanted to know has looked."""

_AT_ONCE = 100


async def mail_releases(context: RequestContext) -> int:
    """Tells of what is due, for up to 100 patients. How many mails were taken by the mail server.

    ``context`` is of nobody, and made for this run. Raises ExpectedError where no mail can be sent.
    """
    context.ports.mailer.check_ready()
    sent = 0
    for _ in range(_AT_ONCE):
        feed = await _claim(context.access.instant)
        if feed is None:
            break
        try:
            sent += await _tell(context, feed)
        except Exception as error:  # noqa: BLE001  # the lease ends by itself; the others must not wait for it
            _log.error("telling of a release failed (%s); it is tried again", type(error).__name__)
    return sent


async def _claim(instant: datetime) -> ReleaseFeed | None:
    free: dict[str, Any] = {"mail_due_at": {"$lte": instant}, "lease_until": {"$not": {"$gt": instant}}}
    taken = {"$set": {"claim": new_id(), "lease_until": instant + _LEASE}}
    row = await ReleaseFeed.get_pymongo_collection().find_one_and_update(
        free, taken, sort=[("mail_due_at", 1)], return_document=ReturnDocument.AFTER
    )
    return None if row is None else ReleaseFeed.model_validate(row)


async def _tell(context: RequestContext, feed: ReleaseFeed) -> int:
    news = await _news(feed, context.access.instant)
    sent, later = 0, False
    for account in await reachable_accounts(feed.id) if news else []:
        if not await _may_see(context, account, news):
            continue
        try:
            await context.ports.mailer.deliver(_worded(context, account, feed))
            sent += 1
        except MailNotTaken as error:
            # Neither address nor text: both are a patient's data.
            _log.warning("a notice of a release was not taken by the mail server: %s", error.reason)
            later = later or error.temporary
    await _finish(feed, context.access.instant, later=later)
    return sent


async def _news(feed: ReleaseFeed, instant: datetime) -> list[str]:
    """The entries that nobody was told of yet."""
    fresh: dict[str, Any] = {
        "patient_id": feed.id,
        "sequence": {"$gt": feed.mailed, "$lte": feed.sequence},
        "at": {"$gt": instant - _GOOD_FOR},
    }
    releases = await RecordRelease.find(fresh, batch_size=ONE_BATCH).to_list()
    return [release.record_id for release in releases]


async def _may_see(context: RequestContext, account: Account, record_ids: Sequence[str]) -> bool:
    access = access_as(context, Role.PATIENT, principal_of(account))
    visible = await restrict(Record, access, {"_id": {"$in": list(record_ids)}})
    return await Record.find(visible, with_children=True).exists()


def _worded(context: RequestContext, account: Account, feed: ReleaseFeed) -> Mail:
    whose = "your record" if account.patient_id == feed.id else "the record of somebody you act for"
    text = (
        f"There is something new in {whose}.\n\n"
        f"To read it, sign in at {context.ports.links.portal()}\n\n"
        "Please do not answer this mail."
    )
    return Mail(to=account.email, subject="Something new in the health record", text=text, key=f"release:{feed.id}:{feed.mailed}")


async def _finish(feed: ReleaseFeed, instant: datetime, *, later: bool) -> None:
    """Unless the claim has become another's. What was released meanwhile is told the next time."""
    rows = ReleaseFeed.get_pymongo_collection()
    held = {"_id": feed.id, "claim": feed.claim}
    if later:
        await rows.update_one(held, {"$set": {"mail_due_at": instant + _PAUSE}, "$unset": {"lease_until": "", "claim": ""}})
        return
    told = {"mailed": feed.sequence}
    done = {"$set": told, "$unset": {"mail_due_at": "", "lease_until": "", "claim": ""}}
    if (await rows.update_one({**held, "sequence": feed.sequence}, done)).matched_count == 0:
        await rows.update_one(held, {"$set": told, "$unset": {"lease_until": "", "claim": ""}})
