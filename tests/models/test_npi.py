"""NPI check digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.npi import npi_is_valid, npi_with_check_digit


def test_the_example_of_the_standard() -> None:
    assert npi_with_check_digit("123456789") == "1234567893"


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True), st.integers(0, 9))
def test_exactly_one_last_digit_is_right(first_nine: str, last: int) -> None:
    assert npi_is_valid(f"{first_nine}{last}") == (npi_with_check_digit(first_nine)[-1] == str(last))


@pytest.mark.parametrize(
    "npi",
    [
        "",
        "200",
        "123456789",
        "12345678931",
        "3234567893",
        "123456789x",
        "".join(chr(0xFF10 + digit) for digit in (1, 2, 3, 4, 5, 6, 7, 8, 9, 3)),
    ],
)
def test_anything_else_is_no_npi(npi: str) -> None:
    assert not npi_is_valid(npi)
