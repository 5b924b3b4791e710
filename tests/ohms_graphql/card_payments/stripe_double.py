"""What localstripe lacks: idempotency keys, declines, Checkout pages, disputes, kept cards, refunds that fail later, bad days.

Answers have the shapes that docs.stripe.com records for these calls. State is in memory; tests send the ``events`` on.
"""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.ohms_graphql.conftest import QuietServer

Json = dict[str, Any]


class StripeDouble:
    def __init__(self) -> None:
        self.objects: dict[str, Json] = {}
        self.calls: list[tuple[str, str]] = []
        self.failures: list[int] = []
        """Status codes that the next calls get, before anything else happens."""
        self.lost_answers = 0
        """So many of the next writes happen, and their answer is lost."""
        self.events: list[Json] = []
        self._answers: dict[str, Json] = {}
        self._numbers = itertools.count(1)

    # what people do in a browser

    def pay(self, intent_id: str, card: str = "4242") -> None:
        """The card holder confirms."""
        intent = self.objects[intent_id]
        assert intent["status"] == "requires_payment_method", intent["status"]
        if card == "declined":
            intent["last_payment_error"] = {"code": "card_declined", "message": "Your card was declined."}
            self._tell("payment_intent.payment_failed", intent)
            return
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
        if intent.get("setup_future_usage"):
            method = self._make(
                "pm", "payment_method", {"card": {"brand": "visa", "last4": card, "exp_month": 4, "exp_year": 2030}}
            )
            intent["payment_method"] = method["id"]
        self._tell("payment_intent.succeeded", intent)

    def use_page(self, session_id: str) -> None:
        session = self.objects[session_id]
        assert session["status"] == "open"
        intent = self._intent({"amount": session["amount_total"], "currency": session["currency"]}, session["metadata"])
        session |= {"status": "complete", "payment_intent": intent["id"]}
        self.pay(intent["id"])
        self._tell("checkout.session.completed", session)

    def settle_refund(self, refund_id: str, status: str) -> None:
        self.objects[refund_id]["status"] = status
        self._tell("refund.failed" if status == "failed" else "refund.updated", self.objects[refund_id])

    def refund_at_the_dashboard(self, intent_id: str, amount: int) -> None:
        self._tell("refund.created", self._refund(intent_id, amount, {}, "succeeded"))

    def dispute(self, intent_id: str) -> str:
        intent = self.objects[intent_id]
        given = {
            "payment_intent": intent_id,
            "amount": intent["amount"],
            "currency": intent["currency"],
            "status": "needs_response",
        }
        made = self._make("dp", "dispute", given)
        self._tell("charge.dispute.created", made)
        return str(made["id"])

    def decide(self, dispute_id: str, status: str) -> None:
        self.objects[dispute_id]["status"] = status
        self._tell("charge.dispute.closed", self.objects[dispute_id])

    def of(self, kind: str) -> list[Json]:
        return [found for found in self.objects.values() if found["object"] == kind]

    # what the API does

    def _make(self, prefix: str, kind: str, given: Json) -> Json:
        made = {"id": f"{prefix}_{next(self._numbers)}", "object": kind, "created": int(time.time()), "metadata": {}, **given}
        self.objects[made["id"]] = made
        return made

    def _tell(self, kind: str, found: Json) -> None:
        event = {"id": f"evt_{next(self._numbers)}", "object": "event", "type": kind, "created": int(time.time())}
        self.events.append(event | {"data": {"object": json.loads(json.dumps(found))}})

    def _intent(self, given: Json, metadata: Json) -> Json:
        plain = {"status": "requires_payment_method", "amount_received": 0, "last_payment_error": None, "payment_method": None}
        made = self._make("pi", "payment_intent", plain | given | {"amount": int(given["amount"]), "metadata": metadata})
        made["client_secret"] = f"{made['id']}_secret"
        return made

    def _refund(self, intent_id: str, amount: int, metadata: Json, status: str) -> Json:
        intent = self.objects[intent_id]
        given = {"payment_intent": intent_id, "amount": amount, "currency": intent["currency"], "status": status}
        return self._make("re", "refund", given | {"metadata": metadata})

    def answer(self, method: str, path: str, given: Json) -> tuple[int, Json]:  # noqa: PLR0911  # one for each call
        parts = path.strip("/").split("/")[1:]
        match method, *parts:
            case "POST", "customers":
                return 200, self._make("cus", "customer", given)
            case "POST", "payment_intents":
                return 200, self._intent(given, given.pop("metadata", {}))
            case "POST", "payment_intents", intent_id, "cancel":
                return self._cancel(self.objects[intent_id])
            case "POST", "refunds":
                return self._refunded(given)
            case "POST", "checkout", "sessions":
                return 200, self._session(given)
            case "POST", "checkout", "sessions", session_id, "expire":
                return self._expire(self.objects[session_id])
            case "POST", "payment_methods", card_id, "detach":
                return 200, self.objects.pop(card_id)
            case "GET", ("payment_intents" | "refunds" | "disputes") as kind:
                singular = kind.removesuffix("s")
                found = [
                    each
                    for each in reversed(self.of(singular))
                    if given.get("payment_intent") in {None, each.get("payment_intent")}
                ]
                return 200, {"object": "list", "data": found, "has_more": False, "url": path}
            case "GET", *_, found_id if found_id in self.objects:
                return 200, self.objects[found_id]
        return 404, {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "No such thing"}}

    def _cancel(self, intent: Json) -> tuple[int, Json]:
        if intent["status"] in {"succeeded", "canceled", "processing"}:
            return 400, {
                "error": {"type": "invalid_request_error", "code": "payment_intent_unexpected_state", "message": "Too late"}
            }
        intent["status"] = "canceled"
        return 200, intent

    def _refunded(self, given: Json) -> tuple[int, Json]:
        intent = self.objects[given["payment_intent"]]
        back = sum(
            each["amount"] for each in self.of("refund") if each["payment_intent"] == intent["id"] and each["status"] != "failed"
        )
        if back + int(given["amount"]) > intent["amount_received"]:
            return refused("charge_already_refunded")
        return 200, self._refund(intent["id"], int(given["amount"]), given.get("metadata", {}), "pending")

    def _session(self, given: Json) -> Json:
        price = given["line_items"]["0"]["price_data"]
        made = self._make("cs", "checkout.session", {"status": "open", "payment_intent": None, "metadata": given["metadata"]})
        made |= {"amount_total": int(price["unit_amount"]), "currency": price["currency"], "expires_at": made["created"] + 86_400}
        return made | {"url": f"https://checkout.example/{made['id']}", "client_reference_id": given["client_reference_id"]}

    def _expire(self, session: Json) -> tuple[int, Json]:
        if session["status"] != "open":
            return refused("session_not_open")
        session["status"] = "expired"
        self._tell("checkout.session.expired", session)
        return 200, session

    async def handle(self, request: Request) -> Response:
        self.calls.append((request.method, request.url.path))
        if self.failures:
            status = self.failures.pop(0)
            return JSONResponse({"error": {"type": "api_error", "message": "A bad day"}}, status)
        text = (await request.body()).decode() or request.url.query
        given = unflattened(parse_qsl(text))
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key is not None and key in self._answers:
            status, found = 200, self._answers[key]
        else:
            status, found = self.answer(request.method, request.url.path, given)
        if key is not None and status == 200:
            self._answers[key] = found
        if request.method == "POST" and self.lost_answers:
            self.lost_answers -= 1
            return JSONResponse({"error": {"type": "api_error", "message": "Lost"}}, 500)
        return JSONResponse(found, status)


def refused(code: str) -> tuple[int, Json]:
    return 400, {"error": {"type": "invalid_request_error", "code": code, "message": "No"}}


def unflattened(pairs: list[tuple[str, str]]) -> Json:
    """``a[b][0]=c`` as ``{"a": {"b": {"0": "c"}}}``."""
    found: Json = {}
    for name, value in pairs:
        *steps, last = name.replace("]", "").split("[")
        place = found
        for step in steps:
            place = place.setdefault(step, {})
        place[last] = value
    return found


@contextmanager
def running(double: StripeDouble) -> Iterator[str]:
    """The address of a double on loopback."""
    app = Starlette(routes=[Route("/{rest:path}", double.handle, methods=["GET", "POST"])])
    server = QuietServer(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        [socket] = server.servers[0].sockets
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
