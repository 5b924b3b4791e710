"""Parts of amounts lose nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.billing.splitting import percent_of, split

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@given(amount=st.integers(-(10**12), 10**12), weights=WEIGHTS)
def test_the_parts_of_a_split_sum_to_the_whole(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    assert sum(parts) == amount
    assert all(part * amount >= 0 for part in parts)


@given(amount=st.integers(0, 10**12), weights=WEIGHTS)
def test_no_part_is_further_than_one_unit_from_its_share(amount: int, weights: list[int]) -> None:
    whole = sum(weights)
    if whole:
        assert all(
            abs(part * whole - amount * weight) < whole for part, weight in zip(split(amount, weights), weights, strict=True)
        )


@given(weights=WEIGHTS, data=st.data())
def test_what_is_not_more_than_the_weights_takes_no_more_than_each(weights: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(weights)))
    assert all(part <= weight for part, weight in zip(split(amount, weights), weights, strict=True))


def test_the_largest_remainder_gets_the_unit_that_is_left() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]
    assert split(5, [0, 0]) == [5, 0]
    assert split(10, [6, 3, 1]) == [6, 3, 1]


def test_weights_must_be_given_and_not_negative() -> None:
    for weights in ([], [1, -1]):
        with pytest.raises(ValueError, match="weights"):
            split(1, weights)


def test_half_a_unit_is_rounded_away_from_zero() -> None:
    assert [percent_of(amount, Decimal("12.5")) for amount in (4, -4, 12, 3)] == [1, -1, 2, 0]
    assert percent_of(10**18, Decimal("33.3333333333333333")) == 333_333_333_333_333_333


@given(amount=st.integers(-(10**12), 10**12), percent=st.decimals(0, 100, places=3))
def test_what_is_taken_back_equals_what_was_given(amount: int, percent: Decimal) -> None:
    assert percent_of(-amount, percent) == -percent_of(amount, percent)
