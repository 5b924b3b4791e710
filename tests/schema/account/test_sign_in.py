"""Signing in: the same answer for a wrong password and an unknown address, after the same work."""

from typing import Any

from models.account import Account
from resolvers.password_rules import MAX_PASSWORD_LENGTH
from tests.clinic import PlainPasswords
from tests.graph import Graph

SIGN_IN = """mutation ($input: SignInInput!) { signIn(input: $input) {
  accessToken expiresAt errors { __typename message code path ... on TooManyAttempts { retryAfterSeconds } } } }"""


async def _sign_in(graph: Graph, email: str, password: str) -> Any:
    return (await graph.data(None, SIGN_IN, input={"email": email, "password": password}))["signIn"]


async def test_the_right_password_gets_a_token(graph: Graph) -> None:
    payload = await _sign_in(graph, " Alice@Clinic.Example ", "alice-password")
    assert payload["errors"] == []
    assert payload["accessToken"] == f"token-of-{graph.clinic.accounts['alice'].id}"
    account = await Account.get(graph.clinic.accounts["alice"].id)
    assert account is not None
    assert account.last_signed_in_at is not None


async def test_all_failures_look_the_same_and_take_the_same_work(graph: Graph) -> None:
    passwords = graph.ports.passwords
    assert isinstance(passwords, PlainPasswords)
    tries = [
        ("alice@clinic.example", "wrong"),
        ("nobody@clinic.example", "wrong"),
        ("closed@clinic.example", "closed-password"),
        ("staff@clinic.example", ""),
    ]
    answers = [await graph.ask(None, SIGN_IN, input={"email": email, "password": password}) for email, password in tries]
    for answer in answers:
        assert answer.data["signIn"] == {
            "accessToken": None,
            "expiresAt": None,
            "errors": [
                {
                    "__typename": "InvalidCredentials",
                    "message": "The e-mail address or the password is wrong.",
                    "code": "INVALID_CREDENTIALS",
                    "path": [],
                }
            ],
        }
    assert len(passwords.asked) == len(tries)
    assert len({answer.commands for answer in answers}) == 1


async def test_the_sixth_failure_from_one_address_has_to_wait_even_with_the_right_password(graph: Graph) -> None:
    for _ in range(5):
        await _sign_in(graph, "alice@clinic.example", "wrong")
    refused = await _sign_in(graph, "alice@clinic.example", "alice-password")
    assert refused["accessToken"] is None
    assert refused["errors"][0]["code"] == "TOO_MANY_ATTEMPTS"
    assert refused["errors"][0]["retryAfterSeconds"] == 900


async def test_guessing_at_one_account_keeps_nobody_else_out(graph: Graph) -> None:
    for _ in range(6):
        await _sign_in(graph, "alice@clinic.example", "wrong")
    assert (await _sign_in(graph, "bob@clinic.example", "bob-password"))["accessToken"]


async def test_a_success_forgets_the_failures_before_it(graph: Graph) -> None:
    for _ in range(3):
        for _ in range(4):
            await _sign_in(graph, "alice@clinic.example", "wrong")
        assert (await _sign_in(graph, "alice@clinic.example", "alice-password"))["accessToken"]


async def test_an_endless_password_is_not_hashed(graph: Graph) -> None:
    payload = await _sign_in(graph, "alice@clinic.example", "x" * (MAX_PASSWORD_LENGTH + 1))
    assert payload["errors"][0]["message"] == "A password has at most 512 characters; this one has 513."
    passwords = graph.ports.passwords
    assert isinstance(passwords, PlainPasswords)
    assert passwords.asked == []
