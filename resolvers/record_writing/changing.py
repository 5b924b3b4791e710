"""Changing an entry that is there: in one transaction, against the version that the caller has seen."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pymongo.errors import DuplicateKeyError

from models.record import Record
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.record_writing.next_version import changed_meanwhile
from resolvers.user_errors import Rejected

MAX_REASON = 500
MIN_REASON = 3

Work = Callable[[Session], Awaitable[Record]]


async def change(context: RequestContext, mutation: str, key: str | None, noted: Mapping[str, Any], work: Work) -> str:
    """The id of the entry. Raises Rejected: of two who change it at once, one gets a Conflict with the version that won."""

    async def answered(session: Session) -> Answer:
        record = await work(session)
        return {"record_id": record.id}

    try:
        answer = await once(context, mutation, key, noted, answered)
    except DuplicateKeyError:  # the version was kept by somebody else in the same instant
        raise Rejected(changed_meanwhile(None)) from None
    except Rejected as rejection:
        raise await _with_version(rejection, str(noted["record"])) from None
    return str(answer["record_id"])


async def _with_version(rejection: Rejected, record_id: str) -> Rejected:
    """A racer's transaction did not see which version won: that is read now."""
    if not any(error == changed_meanwhile(None) for error in rejection.errors):
        return rejection
    found = await Record.get_pymongo_collection().find_one({"_id": record_id}, {"version": 1})
    version = None if found is None else found["version"]
    return Rejected(*(changed_meanwhile(version) if error == changed_meanwhile(None) else error for error in rejection.errors))


def check_reason(reason: str, path: list[str]) -> str:
    """Raises Rejected: InvalidInput."""
    complaints = Complaints()
    text = reason.strip()
    if len(text) < MIN_REASON:
        complaints.add(path, f"A reason has at least {MIN_REASON} characters; this one has {len(text)}.")
    complaints.text(path, text, most=MAX_REASON, lines=True)
    complaints.check()
    return text
