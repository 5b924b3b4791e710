"""Money: exact, in the currency's own minor unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.money import Money

CENTS = st.integers(min_value=-(10**12), max_value=10**12)
CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])


@given(CENTS, CURRENCIES)
def test_an_amount_survives_the_way_through_its_decimal(minor_units: int, currency: str) -> None:
    money = Money(minor_units=minor_units, currency=currency)
    assert Money.from_decimal(money.decimal, currency) == money


@given(CENTS, CENTS, CURRENCIES)
def test_sums_and_differences_undo_each_other(left: int, right: int, currency: str) -> None:
    one, other = Money(minor_units=left, currency=currency), Money(minor_units=right, currency=currency)
    assert one + other - other == one


@pytest.mark.parametrize(
    ("minor_units", "currency", "shown"),
    [(123456, "USD", "1,234.56 USD"), (1234, "JPY", "1,234 JPY"), (1234567, "KWD", "1,234.567 KWD"), (-5, "EUR", "-0.05 EUR")],
)
def test_each_currency_has_its_own_digits(minor_units: int, currency: str, shown: str) -> None:
    assert Money(minor_units=minor_units, currency=currency).formatted == shown


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="USD and EUR do not add up"):
        Money(minor_units=1, currency="USD") + Money(minor_units=1, currency="EUR")


def test_an_amount_finer_than_the_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="more digits than JPY has"):
        Money.from_decimal(Decimal("0.5"), "JPY")


@pytest.mark.parametrize("currency", ["usd", "US", "EURO", "12A"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValidationError):
        Money(minor_units=1, currency=currency)
