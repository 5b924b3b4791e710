"""Guessing is slowed down, and cannot be used to lock an owner out."""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Sequence

from models.known_device import KnownDevice
from models.throttle import Throttle
from ohms_graphql.database import open_database
from resolvers.accounts import SignedIn, sign_in
from tests.clinic import Clinic, plain_ports
from tests.resolvers.account.desk import AWAY, HOME, Desk, rejection

EMAIL = "alice@clinic.example"


async def _sign_in(desk: Desk, password: str, address: str, device: str | None = None, email: str = EMAIL) -> SignedIn:
    return await sign_in(await desk.by(None, address), email, password, device=device)


async def _outcomes(calls: Sequence[Awaitable[SignedIn]]) -> list[str]:
    return [(await rejection(call)).code for call in calls]


async def test_strangers_from_many_addresses_are_slowed_down_and_the_owner_at_home_is_not(desk: Desk) -> None:
    await _sign_in(desk, "alice-password", HOME)
    guesses = [_sign_in(desk, "wrong", f"192.0.2.{number}") for number in range(52)]
    codes = await _outcomes(guesses)
    assert codes == ["INVALID_CREDENTIALS"] * 50 + ["TOO_MANY_ATTEMPTS"] * 2
    assert (await _sign_in(desk, "alice-password", HOME)).token.value
    assert (await rejection(_sign_in(desk, "alice-password", AWAY))).code == "TOO_MANY_ATTEMPTS"
    desk.wait(minutes=16)
    assert (await _sign_in(desk, "alice-password", AWAY)).token.value


async def test_a_device_that_has_signed_in_before_is_not_hit_by_strangers_behind_the_same_address(desk: Desk) -> None:
    device = (await _sign_in(desk, "alice-password", HOME)).device_token
    await _outcomes([_sign_in(desk, "wrong", HOME) for _ in range(6)])
    assert (await rejection(_sign_in(desk, "alice-password", HOME))).code == "TOO_MANY_ATTEMPTS"
    assert (await _sign_in(desk, "alice-password", HOME, device)).device_token == device
    assert (await rejection(_sign_in(desk, "alice-password", HOME, "made-up"))).code == "TOO_MANY_ATTEMPTS"


async def test_a_known_device_has_five_guesses_of_its_own_and_only_at_its_account(desk: Desk) -> None:
    device = (await _sign_in(desk, "alice-password", HOME)).device_token
    codes = await _outcomes([_sign_in(desk, "wrong", HOME, device) for _ in range(6)])
    assert codes == ["INVALID_CREDENTIALS"] * 5 + ["TOO_MANY_ATTEMPTS"]
    bobs = [_sign_in(desk, "wrong", HOME, device, "bob@clinic.example") for _ in range(6)]
    assert (await _outcomes(bobs))[-1] == "TOO_MANY_ATTEMPTS"


async def test_a_token_that_a_device_made_up_is_not_taken_over(desk: Desk) -> None:
    assert (await _sign_in(desk, "alice-password", HOME, "made-up")).device_token != "made-up"


async def test_a_right_password_forgives_that_pair_only(desk: Desk) -> None:
    await _outcomes([_sign_in(desk, "wrong", AWAY) for _ in range(5)])
    await _sign_in(desk, "alice-password", HOME)
    assert (await rejection(_sign_in(desk, "wrong", AWAY))).code == "TOO_MANY_ATTEMPTS"


async def test_neither_addresses_nor_devices_are_stored_as_they_are(desk: Desk) -> None:
    device = (await _sign_in(desk, "alice-password", HOME)).device_token
    await rejection(_sign_in(desk, "wrong", AWAY))
    rows = await KnownDevice.find_all().to_list() + await Throttle.find_all().to_list()
    assert len(rows) >= 4
    for row in rows:
        assert not any(secret in row.model_dump_json() for secret in (EMAIL, HOME, AWAY, device))


def _guess_in_a_process(url: str, name: str, times: int, results: "multiprocessing.Queue[str]") -> None:
    async def guess() -> None:
        async with open_database(url, name, build_indexes=False) as database:
            desk = Desk(Clinic(), plain_ports(database.transaction))
            for _ in range(times):
                results.put((await rejection(_sign_in(desk, "wrong", AWAY))).code)

    asyncio.run(guess())


async def test_all_processes_count_together(desk: Desk, mongodb_url: str, database_name: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[str] = spawn.Queue()
    workers = [spawn.Process(target=_guess_in_a_process, args=(mongodb_url, database_name, 4, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    codes = [await asyncio.to_thread(results.get, True, 60) for _ in range(8)]
    for worker in workers:
        await asyncio.to_thread(worker.join)
    assert sorted(codes) == ["INVALID_CREDENTIALS"] * 5 + ["TOO_MANY_ATTEMPTS"] * 3
