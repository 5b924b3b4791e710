"""Changing a password, and getting a new one by mail."""

import asyncio
from contextlib import suppress

import pytest

from models.account import Account, AccountEmail, AccountKind, AccountStatus
from models.one_time_code import OneTimeCode
from models.role import Role
from resolvers.accounts import sign_in
from resolvers.errors import Forbidden
from resolvers.password_change import change_password
from resolvers.password_reset import request_password_reset, reset_password
from resolvers.sessions import end_other_sessions, sign_out
from resolvers.user_errors import Rejected
from tests.resolvers.account.desk import AWAY, HOME, NEW_PASSWORD, Desk, rejection
from tests.sent_commands import count_commands

MINE, OTHER = "01AAAAAAAAAAAAAAAAAAAAAAAA", "01BBBBBBBBBBBBBBBBBBBBBBBB"


async def test_a_change_ends_the_other_sessions_and_not_ones_own(desk: Desk) -> None:
    await change_password(await desk.by("alice", session=MINE), "alice-password", NEW_PASSWORD)
    account = await desk.account("alice")
    assert (account.session_is_live(MINE), account.session_is_live(OTHER)) == (True, False)
    assert account.password_hash == f"plain:{NEW_PASSWORD}"
    assert (await sign_in(await desk.by(None), account.email, NEW_PASSWORD)).token
    assert "password of your account was changed" in desk.mails[-1].text


async def test_a_change_takes_the_old_password_and_five_guesses(desk: Desk) -> None:
    codes = [(await rejection(change_password(await desk.by("alice"), "wrong", NEW_PASSWORD))).code for _ in range(6)]
    assert codes == ["INVALID_CREDENTIALS"] * 5 + ["TOO_MANY_ATTEMPTS"]
    assert (await desk.account("alice")).password_hash == "plain:alice-password"


@pytest.mark.parametrize("password", ["short", "x" * 513])
async def test_a_new_password_has_limits(desk: Desk, password: str) -> None:
    refused = await rejection(change_password(await desk.by("alice"), "alice-password", password))
    assert refused.path == ["newPassword"]
    assert f"from 12 to 512 characters; this one has {len(password)}" in refused.message


async def test_of_two_changes_at_once_one_wins(desk: Desk) -> None:
    calls = [change_password(await desk.by("alice"), "alice-password", f"{NEW_PASSWORD} {number}") for number in range(3)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(outcome) is Rejected for outcome in outcomes) == [False, True, True]


async def test_signing_out_ends_the_session_that_asks_and_old_notes_go(desk: Desk) -> None:
    await sign_out(await desk.by("alice", session=MINE))
    account = await desk.account("alice")
    assert (account.session_is_live(MINE), account.session_is_live(OTHER)) == (False, True)
    desk.wait(days=1)
    await sign_out(await desk.by("alice", session=OTHER))
    assert [ended.id for ended in (await desk.account("alice")).ended_sessions] == [OTHER]


async def test_ending_the_others_keeps_the_one_that_asks(desk: Desk) -> None:
    await end_other_sessions(await desk.by("alice", session=MINE))
    account = await desk.account("alice")
    assert (account.session_is_live(MINE), account.session_is_live(OTHER)) == (True, False)


async def test_a_service_has_no_password_to_change_and_gets_no_reset(desk: Desk) -> None:
    machine = Account(email="machine@clinic.example", kind=AccountKind.SERVICE, roles=[Role.STAFF])
    desk.clinic.accounts["machine"] = await machine.insert()
    with pytest.raises(Forbidden):
        await change_password(await desk.by("machine"), "", NEW_PASSWORD)
    await request_password_reset(await desk.by(None), machine.email)
    assert desk.mails == []


async def test_a_mailed_code_sets_a_password_once_and_ends_every_session(desk: Desk) -> None:
    await request_password_reset(await desk.by(None), " Alice@Clinic.Example ")
    code = desk.code_for("alice")
    calls = [reset_password(await desk.by(None), code, NEW_PASSWORD) for _ in range(3)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(outcome) is Rejected for outcome in outcomes) == [False, True, True]
    account = await desk.account("alice")
    assert account.password_hash == f"plain:{NEW_PASSWORD}"
    assert not account.session_is_live(MINE)
    assert account.kept_session_id is None
    assert account.email_verified_at is not None


async def test_a_code_is_void_after_thirty_minutes_and_after_a_later_one(desk: Desk) -> None:
    await request_password_reset(await desk.by(None), "alice@clinic.example")
    first = desk.code_for("alice")
    await request_password_reset(await desk.by(None), "alice@clinic.example")
    second = desk.code_for("alice")
    assert (await rejection(reset_password(await desk.by(None), first, NEW_PASSWORD))).code == "INVALID_CODE"
    desk.wait(minutes=30)
    assert (await rejection(reset_password(await desk.by(None), second, NEW_PASSWORD))).code == "INVALID_CODE"
    assert (await desk.account("alice")).password_hash == "plain:alice-password"


async def test_a_reset_asks_for_the_second_factor_and_leaves_it_on(desk: Desk) -> None:
    secret, _ = await desk.enrolled("alice")
    await request_password_reset(await desk.by(None), "alice@clinic.example")
    code = desk.code_for("alice")
    asked = await rejection(reset_password(await desk.by(None), code, NEW_PASSWORD))
    assert asked.code == "SECOND_FACTOR_REQUIRED"
    wrong = await rejection(reset_password(await desk.by(None), code, NEW_PASSWORD, "000000"))
    assert wrong.code == "INVALID_CREDENTIALS"
    assert (await desk.account("alice")).password_hash == "plain:alice-password"
    await reset_password(await desk.by(None), code, NEW_PASSWORD, desk.now_code(secret))
    asked = await rejection(sign_in(await desk.by(None), "alice@clinic.example", NEW_PASSWORD))
    assert asked.code == "SECOND_FACTOR_REQUIRED"


async def test_a_code_of_an_account_that_was_closed_meanwhile_is_wrong(desk: Desk) -> None:
    await request_password_reset(await desk.by(None), "alice@clinic.example")
    await Account.find_one({"email": AccountEmail.lookup("alice@clinic.example")}).update(
        {"$set": {"status": AccountStatus.DEACTIVATED.value}}
    )
    refused = await rejection(reset_password(await desk.by(None), desk.code_for("alice"), NEW_PASSWORD))
    assert refused.code == "INVALID_CODE"


async def test_asking_does_the_same_work_for_every_address_and_mails_only_owners(desk: Desk) -> None:
    costs = []
    for email in ("alice@clinic.example", "nobody@clinic.example", "closed@clinic.example"):
        with count_commands() as counter:
            await request_password_reset(await desk.by(None), email)
        costs.append(counter.total)
    assert len(set(costs)) == 1, costs
    assert [mail.to for mail in desk.mails] == ["alice@clinic.example"]
    stored = await OneTimeCode.find_all().to_list()
    assert len(stored) == 3
    assert all(desk.code_for("alice") not in row.model_dump_json() for row in stored)


async def test_strangers_can_neither_flood_a_mailbox_nor_keep_its_owner_from_asking(desk: Desk) -> None:
    await sign_in(await desk.by(None, HOME), "alice@clinic.example", "alice-password")
    for number in range(10):
        with suppress(Rejected):
            await request_password_reset(await desk.by(None, f"192.0.2.{number}"), "alice@clinic.example")
    assert len(desk.mails) == 6
    await request_password_reset(await desk.by(None, HOME), "alice@clinic.example")
    assert len(desk.mails) == 7


async def test_codes_are_not_tried_by_the_thousand(desk: Desk) -> None:
    codes = [
        (await rejection(reset_password(await desk.by(None, AWAY), f"GUESS{number}", NEW_PASSWORD))).code for number in range(21)
    ]
    assert codes == ["INVALID_CODE"] * 20 + ["TOO_MANY_ATTEMPTS"]
