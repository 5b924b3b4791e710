"""The same key and input give the same answer; another input under the same key is refused."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from models.idempotency import IdempotencyRecord
from models.secret import key_ring
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.transactions import transact
from resolvers.user_errors import IdempotencyConflict, Rejected

KEPT_FOR = timedelta(hours=24)
MAX_KEY_LENGTH = 200

Answer = dict[str, Any]


async def once(
    context: RequestContext,
    mutation: str,
    key: str | None,
    payload: Mapping[str, Any],
    work: Callable[[Session], Awaitable[Answer]],
) -> Answer:
    """Runs ``work`` in a transaction, together with the note of its answer under ``key``.

    ``payload`` is the input without secrets: its digest is stored. Raises Rejected with an IdempotencyConflict when the key was
    used with another input. Racers with one key: the unique id lets one write, the others get its answer.
    """
    if key is None:
        return await transact(context, work)
    record_id, input_digest = _names(context, mutation, key, payload)
    given = await _told_again(context, record_id, input_digest)
    if given is not None:
        return given

    async def noted(session: Session) -> Answer:
        answer = await work(session)
        expiry = context.access.instant + KEPT_FOR
        record = IdempotencyRecord(id=record_id, input_digest=input_digest, answer=answer, expires_at=expiry)
        await record.insert(session=session)
        return answer

    try:
        return await transact(context, noted)
    except (DuplicateKeyError, Rejected):
        # A racer with this key was first: what we met is perhaps what it has done.
        given = await _told_again(context, record_id, input_digest)
        if given is None:
            raise
        return given


async def answered_before(context: RequestContext, mutation: str, key: str | None, payload: Mapping[str, Any]) -> Answer | None:
    """The answer that ``once`` gave to the same before: for who has to do something outside of the transaction first.

    Raises Rejected with an IdempotencyConflict.
    """
    return None if key is None else await _told_again(context, *_names(context, mutation, key, payload))


def _names(context: RequestContext, mutation: str, key: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    """The record's id, and what tells this input from others."""
    record_id = _digest([context.principal.account_id or f"anonymous@{context.client_address}", mutation, key])
    # Keyed: names and birth dates are few enough to be guessed from a plain digest.
    return record_id, f"{key_ring().token(_digest(payload), 'idempotency_records.input_digest'):x}"


async def _told_again(context: RequestContext, record_id: str, input_digest: str) -> Answer | None:
    given = await _answer_given(record_id, input_digest)
    if given is not None:
        context.trail.succeeded = True  # what it changed is in the trail since the first time
    return given


async def _answer_given(record_id: str, input_digest: str) -> Answer | None:
    record = await IdempotencyRecord.get(record_id)
    if record is None:
        return None
    if record.input_digest != input_digest:
        message = "This idempotency key was used with another input."
        raise Rejected(IdempotencyConflict(message=message, path=["idempotencyKey"]))
    return record.answer


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
