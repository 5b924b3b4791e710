"""However keys are asked for, one by one or all at once, each is loaded once, in one batch for each turn of the loop."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.loaders.base import Loader

KEYS = st.integers(0, 7)
STOPPING, FAILING, BREAKING = 5, 6, 7
"""Keys whose value is an error, the first one of a kind that no future takes, and one that fails every batch that it is in."""


class Refused(Exception):
    pass


class Squares(Loader[int, int | None]):
    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[int]] = []

    async def batch_load_fn(self, keys: list[int]) -> list[Any]:
        self.batches.append(keys)
        await asyncio.sleep(0)
        if BREAKING in keys:
            raise Refused("batch")
        return [_found(key) for key in keys]


def _found(key: int) -> Any:
    match key:
        case 0:
            return None
        case 5:
            return StopIteration("key")
        case 6:
            return Refused("key")
    return key * key


@dataclass
class Asked:
    """``keys`` were asked for, by ``load`` where it is but one and not ``together``."""

    keys: list[int]
    together: bool
    is_given_up: bool = False
    task: "asyncio.Task[Any]" = field(init=False)


ASKED = st.builds(
    Asked,
    keys=st.lists(KEYS, max_size=5),
    together=st.booleans(),
    is_given_up=st.sampled_from([False, False, False, True]),
)
TURNS = st.lists(st.lists(ASKED, max_size=4), min_size=1, max_size=5)


async def _ask(loader: Squares, asked: Asked) -> Any:
    if asked.together:
        return await loader.load_all(asked.keys)
    return {key: await found for key, found in [(key, loader.load(key)) for key in asked.keys]}


@settings(max_examples=300, deadline=None)
@given(turns=TURNS)
def test_any_interleaving_gives_what_one_load_for_each_key_would(turns: list[list[Asked]]) -> None:
    asyncio.run(_interleaved(turns))


async def _interleaved(turns: list[list[Asked]]) -> None:
    loader, told = Squares(), list[str]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
    everything = [asked for turn in turns for asked in turn]
    for turn in turns:
        for asked in turn:
            asked.task = asyncio.create_task(_ask(loader, asked))
        await asyncio.sleep(0)
        for asked in turn:
            if asked.is_given_up:
                asked.task.cancel()
    await asyncio.wait_for(asyncio.gather(*(asked.task for asked in everything), return_exceptions=True), 5)
    loaded = [key for batch in loader.batches for key in batch]
    assert sorted(loaded) == sorted({key for asked in everything for key in asked.keys})  # each once
    assert len(loader.batches) <= len(turns)
    broken = {key for batch in loader.batches if BREAKING in batch for key in batch}
    for asked in everything:
        if not asked.is_given_up:
            _is_right(asked, broken)
    if not any(asked.is_given_up for asked in everything):
        assert [line for line in told if "never retrieved" not in line] == []


def _is_right(asked: Asked, broken: set[int]) -> None:
    errors = {RuntimeError if key == STOPPING and key not in broken else Refused for key in asked.keys if _fails(key, broken)}
    error = asked.task.exception()
    if errors:
        assert type(error) in errors
    else:
        assert error is None
        assert asked.task.result() == {key: None if key == 0 else key * key for key in asked.keys}


def _fails(key: int, broken: set[int]) -> bool:
    return key in broken or key in {STOPPING, FAILING}


async def test_what_was_loaded_together_is_at_hand_one_by_one() -> None:
    loader = Squares()
    assert await loader.load_all([3, 2, 3, 0]) == {3: 9, 2: 4, 0: None}
    assert await loader.load(2) == 4
    assert await loader.load_all([2, 3]) == {2: 4, 3: 9}
    assert loader.batches == [[3, 2, 0]]


async def test_nothing_asked_is_nothing_loaded() -> None:
    loader = Squares()
    assert await loader.load_all([]) == {}
    assert loader.batches == []


async def test_a_batch_that_failed_stays_failed() -> None:
    loader = Squares()
    for _ in range(2):
        with pytest.raises(Refused, match="batch"):
            await loader.load_all([1, BREAKING])
    assert loader.batches == [[1, BREAKING]]


@pytest.mark.parametrize("keys", [[2, STOPPING, 3], [STOPPING, 2, 3]])
async def test_an_error_that_no_future_takes_is_that_of_its_key_alone(keys: list[int]) -> None:
    """The order of a batch makes no difference, and what has its value is not loaded again."""
    loader = Squares()
    for key in keys:
        loader.load(key).cancel()
    with pytest.raises(RuntimeError, match="StopIteration"):
        await loader.load_all(keys)
    assert await loader.load_all([2, 3]) == {2: 4, 3: 9}
    assert [await loader.load(2), await loader.load(3)] == [4, 9]
    assert loader.batches == [keys]


async def test_whoever_asks_for_one_key_hears_an_error_that_no_future_takes_though_others_gave_up() -> None:
    loader = Squares()
    loader.load_all([STOPPING]).cancel()
    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(loader.load(STOPPING), 5)


async def test_none_is_no_key() -> None:
    with pytest.raises(TypeError):
        Squares().load(None)  # type: ignore[arg-type]
