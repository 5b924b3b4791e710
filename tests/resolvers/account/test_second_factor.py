"""A code besides the password: asked for at every sign-in, good once, and not to be guessed."""

import asyncio
import re

from models.account import Account
from resolvers.accounts import SignedIn, sign_in
from resolvers.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
)
from resolvers.user_errors import InvalidCredentials, Rejected, SecondFactorRequired
from tests.resolvers.account.desk import AWAY, HOME, Desk, rejection


async def _sign_in(desk: Desk, code: str | None, password: str = "alice-password", address: str = HOME) -> SignedIn:
    return await sign_in(await desk.by(None, address), "alice@clinic.example", password, code)


async def test_an_app_is_enrolled_and_asked_from_then_on(desk: Desk) -> None:
    begun = await begin_second_factor(await desk.by("alice"), "alice-password")
    assert begun.uri.startswith("otpauth://totp/OHMS:alice%40clinic.example?secret=" + begun.secret)
    assert begun.qr_code_svg.startswith("<svg")
    assert (await _sign_in(desk, None)).token, "not asked for before it is confirmed"
    wrong = await rejection(confirm_second_factor(await desk.by("alice"), "000000"))
    assert isinstance(wrong, InvalidCredentials)
    recovery = await confirm_second_factor(await desk.by("alice"), desk.now_code(begun.secret))
    assert len(set(recovery)) == 10
    assert isinstance(await rejection(_sign_in(desk, None)), SecondFactorRequired)
    desk.wait(seconds=30)
    assert (await _sign_in(desk, desk.now_code(begun.secret))).token


async def test_what_is_stored_is_neither_the_secret_nor_a_code(desk: Desk) -> None:
    _, recovery = await desk.enrolled("alice")
    factor = (await desk.account("alice")).second_factor
    assert factor is not None
    assert factor.secret.startswith("sealed:")
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in factor.recovery_digests)
    assert not set(recovery) & set(factor.recovery_digests)


async def test_a_wrong_code_reads_as_a_wrong_password(desk: Desk) -> None:
    await desk.enrolled("alice")
    assert await rejection(_sign_in(desk, "000000")) == await rejection(_sign_in(desk, "000000", "wrong"))
    assert isinstance(await rejection(_sign_in(desk, None, "wrong")), InvalidCredentials), "says nothing of a second factor"


async def test_a_code_is_good_once_even_for_racers_and_never_an_earlier_one_after_it(desk: Desk) -> None:
    secret, _ = await desk.enrolled("alice")
    code, earlier = desk.now_code(secret), desk.now_code(secret, steps=-1)
    outcomes = await asyncio.gather(*(_sign_in(desk, code) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(outcome, SignedIn) for outcome in outcomes) == 1
    assert all(isinstance(outcome, SignedIn | Rejected) for outcome in outcomes)
    desk.wait(minutes=16)
    assert isinstance(await rejection(_sign_in(desk, code)), InvalidCredentials)
    secret_code = desk.now_code(secret)
    assert (await _sign_in(desk, secret_code)).token
    assert isinstance(await rejection(_sign_in(desk, earlier)), InvalidCredentials)


async def test_a_clock_may_be_one_step_away_and_no_more(desk: Desk) -> None:
    secret, _ = await desk.enrolled("alice")
    desk.wait(minutes=5)
    for drift in (-2, 2, 90):
        assert isinstance(await rejection(_sign_in(desk, desk.now_code(secret, steps=drift))), InvalidCredentials)
    for drift in (-1, 0, 1):
        assert (await _sign_in(desk, desk.now_code(secret, steps=drift))).token


async def test_a_recovery_code_is_good_once_even_for_racers_and_forgiving_when_typed(desk: Desk) -> None:
    _, recovery = await desk.enrolled("alice")
    typed = recovery[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    outcomes = await asyncio.gather(*(_sign_in(desk, typed) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(outcome, SignedIn) for outcome in outcomes) == 1
    factor = (await desk.account("alice")).second_factor
    assert factor is not None
    assert len(factor.recovery_digests) == 9


async def test_guessing_stops_after_five_and_those_without_the_password_cannot_use_them_up(desk: Desk) -> None:
    secret, _ = await desk.enrolled("alice")
    for number in range(20):
        assert isinstance(await rejection(_sign_in(desk, "000000", "wrong", f"192.0.2.{number}")), InvalidCredentials)
    assert (await _sign_in(desk, desk.now_code(secret))).token
    codes = [(await rejection(_sign_in(desk, "000000", address=f"192.0.2.{number}"))).code for number in range(100, 106)]
    assert codes == ["INVALID_CREDENTIALS"] * 5 + ["TOO_MANY_ATTEMPTS"]
    desk.wait(seconds=30)
    assert (await rejection(_sign_in(desk, desk.now_code(secret), address=AWAY))).code == "TOO_MANY_ATTEMPTS"


async def test_removing_takes_password_and_code(desk: Desk) -> None:
    secret, _ = await desk.enrolled("alice")
    assert (await rejection(remove_second_factor(await desk.by("alice"), "wrong", desk.now_code(secret)))).path == ["password"]
    assert (await rejection(remove_second_factor(await desk.by("alice"), "alice-password", "000000"))).path == ["code"]
    await remove_second_factor(await desk.by("alice"), "alice-password", desk.now_code(secret))
    assert (await _sign_in(desk, None)).token


async def test_a_stolen_token_enrols_no_app_without_the_password(desk: Desk) -> None:
    assert (await rejection(begin_second_factor(await desk.by("alice"), "wrong"))).code == "INVALID_CREDENTIALS"
    await desk.enrolled("alice")
    assert (await rejection(begin_second_factor(await desk.by("alice"), "alice-password"))).code == "CONFLICT"


async def test_new_recovery_codes_void_the_old(desk: Desk) -> None:
    secret, old = await desk.enrolled("alice")
    new = await renew_recovery_codes(await desk.by("alice"), desk.now_code(secret))
    assert not set(new) & set(old)
    assert isinstance(await rejection(_sign_in(desk, old[0])), InvalidCredentials)
    assert (await _sign_in(desk, new[0])).token


async def test_an_administrator_resets_anothers_and_never_their_own(desk: Desk) -> None:
    await desk.enrolled("alice")
    await reset_second_factor(await desk.by("admin"), desk.clinic.accounts["alice"].id)
    assert await desk.audited("admin", "alice", "second_factor")
    assert (await _sign_in(desk, None)).token
    await desk.enrolled("admin")
    own = reset_second_factor(await desk.by("admin"), desk.clinic.accounts["admin"].id)
    assert (await rejection(own)).code == "CONFLICT"
    assert await Account.find({"second_factor": {"$ne": None}}).count() == 1
