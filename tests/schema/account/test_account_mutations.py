"""The mutations of accounts through the graph: each once with success, and each refusal as a typed error."""

import re
from typing import Any

import pyotp

from models.account import Account
from tests.clinic import FixedClock, Mailbox
from tests.graph import Graph, gid

NEW_PASSWORD = "a new long password"


async def _do(graph: Graph, caller: str | None, name: str, picked: str = "", **entered: Any) -> Any:
    kind = name[0].upper() + name[1:]
    selection = f"{{ {picked} errors {{ __typename code path }} }}"
    if not entered:
        return (await graph.data(caller, f"mutation {{ {name} {selection} }}"))[name]
    query = f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {selection} }}"
    return (await graph.data(caller, query, input=entered))[name]


def _mailed_code(graph: Graph, to: str) -> str:
    assert isinstance(graph.ports.mailer, Mailbox)
    found = [re.search(r"\n\n([0-9A-Z-]{24})\n\n", mail.text) for mail in graph.ports.mailer.mails if mail.to == to]
    return [match[1] for match in found if match][-1]


async def _account(graph: Graph, name: str) -> Account:
    account = await Account.get(graph.clinic.accounts[name].id)
    assert account is not None
    return account


async def test_a_password_is_changed_and_reset(graph: Graph) -> None:
    entered = {"currentPassword": "alice-password", "newPassword": NEW_PASSWORD}
    assert await _do(graph, "alice", "changePassword", **entered) == {"errors": []}
    wrong = await _do(graph, "alice", "changePassword", **entered)
    assert wrong["errors"] == [{"__typename": "InvalidCredentials", "code": "INVALID_CREDENTIALS", "path": ["currentPassword"]}]
    assert await _do(graph, None, "requestPasswordReset", email="alice@clinic.example") == {"errors": []}
    assert await _do(graph, None, "requestPasswordReset", email="nobody@clinic.example") == {"errors": []}
    code = _mailed_code(graph, "alice@clinic.example")
    assert await _do(graph, None, "resetPassword", code=code, newPassword="another long password") == {"errors": []}
    again = await _do(graph, None, "resetPassword", code=code, newPassword="another long password")
    assert again["errors"] == [{"__typename": "InvalidInput", "code": "INVALID_CODE", "path": ["code"]}]
    assert (await _account(graph, "alice")).password_hash == "plain:another long password"


async def test_a_second_factor_comes_and_goes(graph: Graph) -> None:
    clock = graph.ports.clock
    assert isinstance(clock, FixedClock)
    begun = await _do(graph, "alice", "beginSecondFactor", "secret uri qrCodeSvg", password="alice-password")
    totp = pyotp.TOTP(begun["secret"])
    assert begun["secret"] in begun["uri"]
    assert begun["qrCodeSvg"].startswith("<svg")
    confirmed = await _do(graph, "alice", "confirmSecondFactor", "recoveryCodes", code=totp.at(clock()))
    assert len(confirmed["recoveryCodes"]) == 10
    shown = await graph.data("alice", "{ viewer { account { secondFactor emailVerified kind } } }")
    assert shown["viewer"]["account"] == {"secondFactor": True, "emailVerified": False, "kind": "PERSON"}
    entered = {"email": "alice@clinic.example", "password": "alice-password"}
    asked = await _do(graph, None, "signIn", "accessToken", **entered)
    assert asked["errors"] == [{"__typename": "SecondFactorRequired", "code": "SECOND_FACTOR_REQUIRED", "path": ["oneTimeCode"]}]
    entered["oneTimeCode"] = confirmed["recoveryCodes"][0]
    signed_in = await _do(graph, None, "signIn", "accessToken deviceToken", **entered)
    assert signed_in["accessToken"]
    assert signed_in["deviceToken"]
    renewed = await _do(graph, "alice", "renewRecoveryCodes", "recoveryCodes", code=confirmed["recoveryCodes"][1])
    entered = {"password": "alice-password", "code": renewed["recoveryCodes"][0]}
    assert await _do(graph, "alice", "removeSecondFactor", **entered) == {"errors": []}
    none = await _do(graph, "alice", "renewRecoveryCodes", "recoveryCodes", code=renewed["recoveryCodes"][1])
    assert none["errors"][0]["__typename"] == "Conflict"
    missing = await _do(graph, "admin", "resetSecondFactor", "account { id }", account=gid(graph.clinic.accounts["alice"]))
    assert missing["errors"] == [{"__typename": "Conflict", "code": "CONFLICT", "path": ["account"]}]


async def test_an_address_is_verified(graph: Graph) -> None:
    assert await _do(graph, "alice", "requestEmailVerification") == {"errors": []}
    code = _mailed_code(graph, "alice@clinic.example")
    verified = await _do(graph, "alice", "verifyEmail", "account { emailVerified }", code=code)
    assert verified == {"account": {"emailVerified": True}, "errors": []}


async def test_an_administrator_invites_assigns_closes_and_opens(graph: Graph) -> None:
    entered = {"email": "new@clinic.example", "roles": ["PROVIDER"]}
    refused = await _do(graph, "admin", "inviteUser", "account { id }", **entered)
    assert refused["errors"] == [{"__typename": "InvalidInput", "code": "INVALID", "path": ["provider"]}]
    entered["roles"] = ["STAFF"]
    invited = await _do(graph, "admin", "inviteUser", "account { id status }", **entered)
    assert invited["account"]["status"] == "INVITED"
    code = _mailed_code(graph, "new@clinic.example")
    accepted = await _do(graph, None, "acceptInvitation", "accessToken deviceToken", code=code, password=NEW_PASSWORD)
    assert accepted["accessToken"]
    target = invited["account"]["id"]
    assigned = await _do(
        graph, "admin", "assignRoles", "account { roles }", account=target, roles=["ANALYST"], expectedRoles=["STAFF"]
    )
    assert assigned == {"account": {"roles": ["ANALYST"]}, "errors": []}
    closed = await _do(graph, "admin", "deactivateAccount", "account { status }", account=target)
    assert closed["account"] == {"status": "DEACTIVATED"}
    opened = await _do(graph, "admin", "reactivateAccount", "account { status }", account=target)
    assert opened["account"] == {"status": "ACTIVE"}
    own = await _do(graph, "admin", "deactivateAccount", "account { id }", account=gid(graph.clinic.accounts["admin"]))
    assert own["errors"] == [{"__typename": "Conflict", "code": "LAST_ADMINISTRATOR", "path": ["account"]}]


async def test_sessions_are_ended(graph: Graph) -> None:
    assert await _do(graph, "alice", "signOut") == {"errors": []}  # these callers have no session, which HTTP's tests do
    assert await _do(graph, "alice", "endOtherSessions") == {"errors": []}
    assert not (await _account(graph, "alice")).session_is_live("01AAAAAAAAAAAAAAAAAAAAAAAA")
