"""A browser page that may talk to 127.0.0.1 only, and whose every complaint is written down."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, ViewportSize, WebSocket

SIZE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
_TELL_VIOLATIONS = """addEventListener('securitypolicyviolation', event =>
    console.error(`CSP: ${event.effectiveDirective} refused ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`))"""


@dataclass
class Watch:
    """What the pages of one test tried and said."""

    outside: list[str] = field(default_factory=list)  # addresses of other hosts, none of which was reached
    complaints: list[str] = field(default_factory=list)  # console errors, CSP violations, uncaught exceptions
    expected: list[str] = field(default_factory=list)  # a test adds the parts of complaints that it provokes
    contexts: list[BrowserContext] = field(default_factory=list)

    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(part in said for part in self.expected)]

    def new_page(self, browser: Browser, size: ViewportSize = SIZE, *, with_script: bool = True) -> Page:
        """A page in a browser context of its own: no storage shared with another."""
        context = browser.new_context(
            viewport=size, locale="en-US", timezone_id="America/New_York", java_script_enabled=with_script
        )
        self.contexts.append(context)
        context.set_default_timeout(20_000)
        context.route("**/*", self._let_through)
        context.add_init_script(_TELL_VIOLATIONS)
        page = context.new_page()
        page.on("websocket", self._note_socket)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _note_socket(self, socket: WebSocket) -> None:
        self._note(socket.url)

    def _note(self, url: str) -> bool:
        parts = urlsplit(url)
        inside = parts.hostname == "127.0.0.1" or parts.scheme in {"data", "blob", "about"}
        if not inside:
            self.outside.append(url)
        return inside

    def _let_through(self, route: Route) -> None:
        if self._note(route.request.url):
            route.continue_()
        else:
            route.abort()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")
