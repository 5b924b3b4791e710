"""Real-time eligibility at a clearing house that speaks JSON: time-outs, retries, and rest for payers who are down.

Nothing that is logged or told says who was asked about.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic
from typing import Any

import httpx2
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from ohms_graphql.eligibility.answer_reading import UNREADABLE, failed, read_answer
from ohms_graphql.eligibility.breaker import CircuitBreaker, Clock
from ohms_graphql.eligibility.question_json import question_json
from resolvers.eligibility.gateway import EligibilityAnswer, EligibilityQuestion

_log = logging.getLogger(__name__)

LARGEST = 1_000_000
_AGAIN = frozenset({429, 502, 503, 504})

_RESTING = "The payer did not answer several times: it is asked again in a minute."
_SILENT = "The payer did not answer in time."
_BUSY = "The clearing house cannot answer now: ask again later."
_UNREACHABLE = "The clearing house cannot be reached."


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """``total`` seconds for all tries together, ``single`` for one; a pause between them grows from ``pause``, by chance."""

    total: float = 20.0
    single: float = 9.0
    tries: int = 3
    pause: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Where the clearing house is, and who asks it."""

    url: str
    key: str = field(repr=False)
    organization: str
    npi: str
    currency: str


class _NoAnswer(Exception):
    """``message`` is for people. ``down``: the other side is in trouble, rather than our question."""

    def __init__(self, message: str, *, down: bool) -> None:
        super().__init__(message)
        self.message = message
        self.down = down


class _TryAgain(_NoAnswer):
    """That was perhaps by chance. Asking changes nothing, so that it may be asked twice."""


class ClearingHouse:
    """Implements resolvers.eligibility.gateway.EligibilityGateway."""

    is_set_up = True

    def __init__(
        self,
        house: House,
        patience: Patience | None = None,
        clock: Clock = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._house = house
        self._patience = patience or Patience()
        self._clock = clock
        self._sleep = sleep
        self._breakers: dict[str, CircuitBreaker] = {}

    async def ask(self, question: EligibilityQuestion) -> EligibilityAnswer:
        # One for each payer: behind the same clearing house one may be down and all others well.
        breaker = self._breakers.setdefault(question.payer_id, CircuitBreaker(self._clock))
        if not breaker.lets_through():
            return failed(_RESTING)
        try:
            async with asyncio.timeout(self._patience.total):
                body = await self._answer_to(question)
        except TimeoutError:
            return self._gave_up(breaker, _NoAnswer(_SILENT, down=True))
        except _NoAnswer as error:
            return self._gave_up(breaker, error)
        breaker.succeeded()
        return read_answer(body, question, self._house.currency)

    def _gave_up(self, breaker: CircuitBreaker, error: _NoAnswer) -> EligibilityAnswer:
        if error.down:
            breaker.failed()
        _log.warning("a payer gave no answer: %s", error.message)
        return failed(error.message)

    async def _answer_to(self, question: EligibilityQuestion) -> Any:
        """Raises _NoAnswer."""
        patience, house = self._patience, self._house
        control_number = f"{secrets.randbelow(10**9):09d}"
        asked = question_json(question, control_number=control_number, organization=house.organization, npi=house.npi)
        retrying = AsyncRetrying(
            stop=stop_after_attempt(patience.tries),
            wait=wait_random_exponential(multiplier=patience.pause, max=patience.total / 4),
            retry=retry_if_exception_type(_TryAgain),
            sleep=self._sleep,
            reraise=True,
        )
        timeout = httpx2.Timeout(patience.single)
        async with httpx2.AsyncClient(timeout=timeout, follow_redirects=False) as client:
            return await retrying(self._try, client, asked)

    async def _try(self, client: httpx2.AsyncClient, asked: dict[str, Any]) -> Any:
        headers = {"authorization": f"Bearer {self._house.key}", "accept": "application/json", "accept-encoding": "identity"}
        try:
            # The client's own time-outs begin anew with each byte.
            async with (
                asyncio.timeout(self._patience.single),
                client.stream("POST", self._house.url, json=asked, headers=headers) as response,
            ):
                return _read(response.status_code, await _body(response))
        except (TimeoutError, httpx2.TimeoutException):
            raise _TryAgain(_SILENT, down=True) from None
        except httpx2.HTTPError:
            raise _TryAgain(_UNREACHABLE, down=True) from None


async def _body(response: httpx2.Response) -> bytes:
    if response.status_code != 200:
        return b""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _NoAnswer(UNREADABLE, down=False)  # it might grow without end
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            raise _NoAnswer(UNREADABLE, down=False)
    return bytes(body)


def _read(status: int, body: bytes) -> Any:
    if status in _AGAIN:
        raise _TryAgain(_BUSY, down=True)
    if status in {401, 403}:
        raise _NoAnswer("The clearing house does not take our key: check OHMS_ELIGIBILITY_KEY.", down=False)
    if status != 200:
        raise _NoAnswer(f"The clearing house did not take the question (status {status}).", down=status >= 500)
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, ArithmeticError):
        # Its text quotes the answer.
        raise _NoAnswer(UNREADABLE, down=True) from None


def _no_number(_text: str) -> None:
    raise ValueError("NaN and Infinity are no numbers of JSON")
