"""Decimals are read digit for digit, as the driver reads them."""

from decimal import Decimal

import pytest
from bson import Decimal128
from hypothesis import given
from hypothesis import strategies as st

from models.stored_row.decimals import read_decimal


def _same(stored: Decimal128) -> bool:
    read, expected = read_decimal(stored), stored.to_decimal()
    return isinstance(read, Decimal) and read.as_tuple() == expected.as_tuple()


@given(st.integers(-(10**34) + 1, 10**34 - 1), st.integers(-6176, 6111))
def test_any_number(coefficient: int, exponent: int) -> None:
    sign, digits = int(coefficient < 0), tuple(int(digit) for digit in str(abs(coefficient)))
    assert _same(Decimal128(Decimal((sign, digits, exponent))))


@given(st.integers(-(10**9), 10**9), st.integers(-6, 3))
def test_numbers_as_they_are_measured(coefficient: int, exponent: int) -> None:
    assert _same(Decimal128(Decimal(coefficient).scaleb(exponent)))


@pytest.mark.parametrize("text", ["0", "-0", "0.00", "Infinity", "-Infinity", "NaN", "1E+6144", "1E-6176", "7.10"])
def test_the_odd_ones(text: str) -> None:
    assert _same(Decimal128(text))


@pytest.mark.parametrize("value", [None, 1, "1.0", Decimal("1.0")])
def test_anything_else_stays(value: object) -> None:
    assert read_decimal(value) is value
