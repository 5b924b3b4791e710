"""National Provider Identifiers."""

_PREFIX = "80840"


def npi_is_valid(npi: str) -> bool:
    """Ten digits whose last is the Luhn check digit over the prefix 80840 (45 CFR 162.406; ISO/IEC 7812)."""
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit() or npi[0] not in "12":
        return False
    return _luhn_sum(_PREFIX + npi) % 10 == 0


def npi_with_check_digit(first_nine: str) -> str:
    """The NPI that begins with these nine digits."""
    return first_nine + str(-_luhn_sum(_PREFIX + first_nine + "0") % 10)


def _luhn_sum(digits: str) -> int:
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled)
