"""POST /webhooks/stripe: what Stripe tells, verified, stored, answered; then it is worked on."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ohms_graphql.card_payments.reading import read_event
from resolvers.billing.inbox import store_event, work_on_events
from resolvers.context import RequestContext

PATH = "/webhooks/stripe"
MAX_BYTES = 1_000_000
MAX_AGE_SECONDS = 300
"""Older signatures are refused, so that an event that somebody listened to cannot be sent again later."""
LOOK_EVERY_SECONDS = 5.0


class StripeWebhook:
    """``secrets`` are the endpoint's signing secrets, several while one is replaced; none: the endpoint is off."""

    def __init__(self, secrets: tuple[str, ...], clock: Callable[[], datetime]) -> None:
        self._secrets = secrets
        self._clock = clock
        self._came = asyncio.Event()

    def routes(self) -> list[Route]:
        return [Route(PATH, self._receive, methods=["POST"])]

    async def _receive(self, request: Request) -> Response:
        if not self._secrets:
            return PlainTextResponse("Card payment is not set up here.", 404)
        body = await _body(request)
        if body is None:
            return PlainTextResponse(f"More than {MAX_BYTES} bytes.", 413)
        if not self._is_signed(body, request.headers.get("stripe-signature", "")):
            return PlainTextResponse("The signature is not good, or too old.", 400)
        event = _event(body)
        if event is None:
            return PlainTextResponse("Not a Stripe event.", 400)
        happened = datetime.fromtimestamp(event["created"], UTC)
        await store_event(event["id"], event["type"], happened, event, self._clock())
        self._came.set()
        return PlainTextResponse("", 200)

    def _is_signed(self, body: bytes, signature: str) -> bool:
        import stripe  # noqa: PLC0415  # only where it is set up (ohms_graphql.card_payments.wiring)

        for secret in self._secrets:
            try:
                text = body.decode()
                if stripe.WebhookSignature.verify_header(text, signature, secret, MAX_AGE_SECONDS):
                    return True
            except (stripe.SignatureVerificationError, UnicodeDecodeError, ValueError):
                continue
        return False

    @asynccontextmanager
    async def working(self, open_context: Callable[[], RequestContext], log: Callable[[str], None]) -> AsyncIterator[None]:
        """Works on events inside the block: at once when one came in here, and now and then on what others left."""
        if not self._secrets:
            yield
            return
        stopping = asyncio.Event()
        task = asyncio.create_task(self._work(open_context, stopping, log))
        try:
            yield
        finally:
            stopping.set()
            self._came.set()
            await task

    async def _work(
        self, open_context: Callable[[], RequestContext], stopping: asyncio.Event, log: Callable[[str], None]
    ) -> None:
        while not stopping.is_set():
            self._came.clear()
            try:
                await work_on_events(open_context(), read_event)
            except Exception as error:  # noqa: BLE001  # whatever it was, the next round may go well
                log(type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), LOOK_EVERY_SECONDS)


async def _body(request: Request) -> bytes | None:
    """None when it is too large, whatever its headers say."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _event(body: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(body)
    except ValueError:
        return None
    if not isinstance(event, dict) or not all(isinstance(event.get(name), str) and event[name] for name in ("id", "type")):
        return None
    created = event.get("created")
    return event if isinstance(created, int) and not isinstance(created, bool) and 0 <= created < 1 << 33 else None
