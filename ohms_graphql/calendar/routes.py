"""GET /calendar/appointments/{token}.ics and GET /calendar/feeds/{secret}.ics."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ohms_graphql.calendar.files import CalendarFile, CalendarFiles
from ohms_graphql.calendar.links import APPOINTMENTS, FEEDS, PublicLinks
from resolvers.audit.settling import settle
from resolvers.calendar.feeds import feed_was_read, find_feed
from resolvers.calendar.reading import Schedule, become, read_schedule, read_visit
from resolvers.context import RequestContext
from resolvers.errors import ExpectedError
from resolvers.user_errors import Rejected, TooManyAttempts

OpenContext = Callable[[str | None, str], Awaitable[RequestContext]]

_HEADERS = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
_GONE = "This address is not good, or no longer."


def calendar_routes(links: PublicLinks, files: CalendarFiles, open_context: OpenContext) -> list[Route]:
    """Who asks is known by the address alone; ``open_context(None, address)`` begins as nobody."""
    calendars = _Calendars(links, files, open_context)
    return [
        Route(APPOINTMENTS + "/{token}.ics", calendars.visit, methods=["GET"]),
        Route(FEEDS + "/{secret}.ics", calendars.feed, methods=["GET"]),
    ]


class _Calendars:
    def __init__(self, links: PublicLinks, files: CalendarFiles, open_context: OpenContext) -> None:
        self._links = links
        self._files = files
        self._open_context = open_context

    async def visit(self, request: Request) -> Response:
        link = self._links.read(request.path_params["token"])
        if link is None:
            return _gone()
        context = await self._context(request)
        invitation = await read_visit(context, link.account_id, link.appointment_id)
        refusal = await _refusal(context)
        if refusal is not None:
            return refusal
        if invitation is None:
            return _gone()
        file = self._files.of_visit(invitation.entry, invitation.guest)
        return _file(file, "appointment.ics", {"cache-control": "private, no-store"})

    async def feed(self, request: Request) -> Response:
        context = await self._context(request)
        try:
            feed = await find_feed(context, request.path_params["secret"])
        except Rejected as rejection:
            return _slow_down(rejection)
        if feed is None or await become(context, feed.account_id) is None:
            return _gone()
        schedule = await read_schedule(context, feed)
        if schedule is None:
            return _gone()
        tag = _tag(schedule)
        # Private, and asked for anew each time: "no-store" would forbid to keep what the tag is compared with (RFC 9111, 5.2.2).
        headers = {"etag": tag, "cache-control": "private, no-cache"}
        known = tag in [given.strip().removeprefix("W/") for given in request.headers.get("if-none-match", "").split(",")]
        if known:
            context.trail.clear()  # who has it already is given nothing
        refusal = await _refusal(context)
        if refusal is not None:
            return refusal
        await feed_was_read(feed, context.access.instant)
        if known:
            return Response(status_code=304, headers=_HEADERS | headers)
        # Thousands of events take a second to write: beside the loop, which others wait for.
        return _file(await asyncio.to_thread(self._files.of_schedule, schedule), "schedule.ics", headers)

    async def _context(self, request: Request) -> RequestContext:
        return await self._open_context(None, request.client.host if request.client else "")


async def _refusal(context: RequestContext) -> Response | None:
    """Writes down what was read. Not answered where that fails."""
    try:
        await settle(context)
    except ExpectedError as unavailable:
        return PlainTextResponse(unavailable.message, 503, _HEADERS)
    return None


def _gone() -> Response:
    """The same for an address that was never good, that is good no longer, and for what its owner may not see any more."""
    return PlainTextResponse(_GONE, 404, _HEADERS)


def _slow_down(rejection: Rejected) -> Response:
    waits = [error.retry_after_seconds for error in rejection.errors if isinstance(error, TooManyAttempts)]
    return PlainTextResponse("Asked too often.", 429, _HEADERS | {"retry-after": str(max(waits, default=60))})


def _tag(schedule: Schedule) -> str:
    """Over what stands in the file, so that a program that has it already costs no writing of it."""
    return f'"{hashlib.sha256(repr(schedule).encode()).hexdigest()[:40]}"'


def _file(file: CalendarFile, name: str, headers: dict[str, str]) -> Response:
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    media_type = f"text/calendar; charset=utf-8; method={file.method}"
    return Response(file.content, headers=_HEADERS | disposition | headers | {"content-type": media_type})
