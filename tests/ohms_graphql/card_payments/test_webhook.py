"""The webhook endpoint on a real server, and the whole way with localstripe: real HTTP in both directions."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest
import stripe
from pymongo import MongoClient

from benchmarks.servers import free_port
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.conftest import authorization

SECRET = "whsec_of_the_tests"
PATIENCE = 60
PAY = """mutation ($input: PayInvoiceInput!) { payInvoice(input: $input) { clientSecret publishableKey
    payment { id status } errors { code } } }"""
READ = "query ($id: ID!) { invoice(id: $id) { status balance { minorUnits } payments { status refunds { status } } } }"
REFUND = "mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { payment { status } errors { code } } }"


@contextmanager
def serving(settings: Settings, **more: str) -> Iterator[str]:
    """The address of an ``ohms serve``."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OHMS_")} | {
        "OHMS_MONGODB_URL": settings.mongodb_url or "",
        "OHMS_DATABASE": settings.database,
        "OHMS_PORT": str(port),
        "OHMS_PUBLIC_URL": settings.public_url,
        **more,
    }
    command = [sys.executable, "-m", "ohms_graphql", "serve"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < end
        time.sleep(0.1)


def signed(body: bytes, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    at = int(time.time()) - age
    return {"stripe-signature": stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)}


def event(**given: Any) -> bytes:
    plain = {"id": "evt_1", "object": "event", "type": "customer.created", "created": int(time.time()), "data": {"object": {}}}
    return json.dumps(plain | given).encode()


def test_the_endpoint_takes_what_is_signed_and_young_and_stores_it_once(settings: Settings, served_clinic: Clinic) -> None:
    assert served_clinic
    keys = {"OHMS_STRIPE_SECRET_KEY": "sk_test_x", "OHMS_STRIPE_PUBLISHABLE_KEY": "pk_test_x"}
    secrets = {"OHMS_STRIPE_WEBHOOK_SECRETS": f"whsec_of_yesterday_and_more,{SECRET}"}
    with serving(settings, **keys, **secrets) as address, httpx.Client(trust_env=False) as http:

        def send(body: bytes, headers: dict[str, str]) -> int:
            return http.post(f"{address}/webhooks/stripe", content=body, headers=headers).status_code

        good = event()
        assert [send(good, signed(good)) for _ in range(3)] == [200] * 3
        assert send(good, signed(good, "whsec_of_yesterday_and_more")) == 200
        refused = {
            "another secret": (good, signed(good, "whsec_of_somebody_else")),
            "too old": (good, signed(good, age=301)),
            "no signature": (good, {}),
            "changed": (good + b" ", signed(good)),
            "no JSON": (b"{", signed(b"{")),
            "no event": (b"[]", signed(b"[]")),
            "no id": (event(id=""), signed(event(id=""))),
            "no text": (b"\xff", {"stripe-signature": "t=1,v1=00"}),
        }
        assert {name: send(*given) for name, given in refused.items()} == dict.fromkeys(refused, 400)
        large = event(data={"object": {"x": "y" * 1_000_001}})
        assert send(large, signed(large)) == 413
        assert http.get(f"{address}/webhooks/stripe").status_code == 405
    with MongoClient[dict[str, Any]](settings.mongodb_url) as client:
        rows = list(client[settings.database].processor_events.find())
        assert [(row["_id"], row["state"]) for row in rows] == [("evt_1", "DONE")]
        assert isinstance(rows[0]["content"], bytes)


def test_without_a_secret_the_endpoint_is_off(served: str) -> None:
    body = event()
    for secret in ("", SECRET):
        answer = httpx.post(f"http://{served}/webhooks/stripe", content=body, headers=signed(body, secret), trust_env=False)
        assert answer.status_code == 404


def test_the_whole_way_with_localstripe(settings: Settings, served_clinic: Clinic, local_stripe: str) -> None:
    """Alice pays in parts with a browser that talks to Stripe, its webhooks come in over HTTP, and staff give some back."""
    variables = {
        "OHMS_STRIPE_SECRET_KEY": "sk_test_of_the_tests",
        "OHMS_STRIPE_PUBLISHABLE_KEY": "pk_test_of_the_tests",
        "OHMS_STRIPE_WEBHOOK_SECRETS": SECRET,
        "OHMS_STRIPE_URL": local_stripe,
    }
    invoice = gid(served_clinic.invoice)
    with serving(settings, **variables) as address, httpx.Client(trust_env=False, timeout=30) as http:
        hook = {"url": f"{address}/webhooks/stripe", "secret": SECRET}
        assert http.post(f"{local_stripe}/_config/webhooks/ohms", json=hook).status_code == 200

        def ask(caller: str, query: str, **given: Any) -> Any:
            header = authorization(settings, served_clinic, caller)
            answer = http.post(f"{address}/graphql", json={"query": query, "variables": given}, headers=header).json()
            assert "errors" not in answer, answer
            [found] = answer["data"].values()
            assert not found.get("errors"), found
            return found

        def is_left(minor_units: int) -> bool:
            return bool(ask("alice", READ, id=invoice)["balance"] == {"minorUnits": minor_units})

        for amount, left in ((1_000, 500), (500, 0)):
            begun = ask("alice", PAY, input={"invoice": invoice, "amount": {"minorUnits": amount}})
            assert begun["publishableKey"] == "pk_test_of_the_tests"
            browse(http, local_stripe, begun["clientSecret"])
            until(partial(is_left, left))
        given = {"payment": begun["payment"]["id"], "amount": {"minorUnits": 200}, "reason": "Kindness"}
        assert ask("staff", REFUND, input=given)["payment"]["status"] == "PARTIALLY_REFUNDED"
        after = ask("alice", READ, id=invoice)
        assert after["balance"] == {"minorUnits": 200}
        assert [payment["status"] for payment in after["payments"]] == ["SUCCEEDED", "SUCCEEDED", "PARTIALLY_REFUNDED"]
    verify = [sys.executable, "-m", "ohms_graphql", "ledger", "verify"]
    environment = dict(os.environ) | {"OHMS_MONGODB_URL": settings.mongodb_url or "", "OHMS_DATABASE": settings.database}
    done = subprocess.run(verify, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1].partition(":")[0]) == (0, "right"), done.stdout + done.stderr


def browse(http: httpx.Client, address: str, client_secret: str) -> None:
    """What Stripe.js does with the client secret and a card: nothing of it goes through OHMS."""
    key = ("sk_test_of_the_tests", "")
    card = {
        "type": "card",
        "card[number]": "4242424242424242",
        "card[exp_month]": "4",
        "card[exp_year]": "2030",
        "card[cvc]": "123",
    }
    method = http.post(f"{address}/v1/payment_methods", data=card, auth=key).json()
    intent_id = client_secret.partition("_secret")[0]
    assert (
        http.post(f"{address}/v1/payment_intents/{intent_id}", data={"payment_method": method["id"]}, auth=key).status_code == 200
    )
    assert http.post(f"{address}/v1/payment_intents/{intent_id}/confirm", auth=key).json()["status"] == "succeeded"


@pytest.mark.parametrize("name", ["OHMS_STRIPE_SECRET_KEY", "OHMS_STRIPE_PUBLISHABLE_KEY"])
def test_the_keys_are_set_together(name: str, settings: Settings) -> None:
    command = [sys.executable, "-m", "ohms_graphql", "stripe", "reconcile"]
    done = subprocess.run(command, env=dict(os.environ) | {name: "x"}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "must be set together" in done.stderr
