"""Sessions over HTTP, with real tokens and real hashes: what is ended is over with the next request."""

import time
from statistics import median
from typing import Any

import httpx

from models.account import Account
from ohms_graphql.passwords import ArgonPasswords
from tests.clinic import Clinic

PASSWORD = "alice's long password"
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken deviceToken errors { code } } }"


async def _ask(http: httpx.AsyncClient, query: str, token: str | None = None, **entered: Any) -> Any:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = await http.post("/graphql", json={"query": query, "variables": {"input": entered}}, headers=headers)
    return answer.json()


async def _sign_in(http: httpx.AsyncClient) -> str:
    answer = await _ask(http, SIGN_IN, email="alice@clinic.example", password=PASSWORD)
    return str(answer["data"]["signIn"]["accessToken"])


async def _is_in(http: httpx.AsyncClient, token: str) -> bool:
    answer = await _ask(http, "{ viewer { roles } }", token)
    return bool((answer.get("data") or {}).get("viewer"))


async def _with_password(clinic: Clinic) -> None:
    alice = Account.find_one({"_id": clinic.accounts["alice"].id})
    await alice.update({"$set": {"password_hash": await ArgonPasswords().hash(PASSWORD)}})


async def test_what_is_ended_is_over_and_the_rest_goes_on(http: httpx.AsyncClient, clinic: Clinic) -> None:
    await _with_password(clinic)
    first, second, third = [await _sign_in(http) for _ in range(3)]
    await _ask(http, "mutation { signOut { errors { code } } }", first)
    assert [await _is_in(http, token) for token in (first, second, third)] == [False, True, True]
    await _ask(http, "mutation { endOtherSessions { errors { code } } }", second)
    assert [await _is_in(http, token) for token in (first, second, third)] == [False, True, False]
    change = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { errors { code } } }"
    answer = await _ask(http, change, second, currentPassword=PASSWORD, newPassword="another long password")
    assert answer["data"]["changePassword"] == {"errors": []}
    assert [await _is_in(http, token) for token in (first, second, third)] == [False, True, False]


async def test_closed_accounts_are_out_with_the_next_request(http: httpx.AsyncClient, clinic: Clinic) -> None:
    await _with_password(clinic)
    token = await _sign_in(http)
    await Account.find_one({"_id": clinic.accounts["alice"].id}).update({"$set": {"sessions_from": "7ZZZ"}})
    assert not await _is_in(http, token)


async def test_an_unknown_address_takes_about_as_long_as_a_known_one(http: httpx.AsyncClient, clinic: Clinic) -> None:
    """A hash takes tens of milliseconds, so that leaving it out would be a multiple; the bound is wide for busy machines."""
    await _with_password(clinic)
    times: dict[str, list[float]] = {"alice@clinic.example": [], "nobody@clinic.example": []}
    for _ in range(5):
        for email, taken in times.items():
            before = time.perf_counter()
            answer = await _ask(http, SIGN_IN, email=email, password="wrong")
            taken.append(time.perf_counter() - before)
            assert answer["data"]["signIn"]["errors"] == [{"code": "INVALID_CREDENTIALS"}]
    known, unknown = map(median, times.values())
    assert 1 / 3 < known / unknown < 3
