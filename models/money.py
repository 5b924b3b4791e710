"""Money: integer minor units and an ISO 4217 currency. Never a float."""

from decimal import Decimal

from pydantic import field_validator

from models.value_object import ValueObject

# Currencies whose minor unit is not a hundredth (ISO 4217, table A.1).
_EXPONENTS = {
    **dict.fromkeys(
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    "CLF": 4,
    "UYW": 4,
}


class Money(ValueObject):
    """An amount such as 12.50 USD, held as 1250 minor units. Arithmetic refuses to mix currencies."""

    minor_units: int
    currency: str = "USD"

    @field_validator("currency")
    @classmethod
    def _is_a_currency_code(cls, value: str) -> str:
        if len(value) != 3 or not value.isascii() or not value.isalpha() or not value.isupper():
            raise ValueError(f"currency is three capital letters (ISO 4217), not {value!r}")
        return value

    @property
    def exponent(self) -> int:
        """Digits after the decimal point: 2 for USD, 0 for JPY, 3 for KWD."""
        return _EXPONENTS.get(self.currency, 2)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor_units).scaleb(-self.exponent)

    @property
    def formatted(self) -> str:
        """For people: ``1,234.50 USD``."""
        return f"{self.decimal:,.{self.exponent}f} {self.currency}"

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str) -> "Money":
        """Exact; raises ValueError when the amount has more digits than the currency's minor unit."""
        scaled = amount.scaleb(cls(minor_units=0, currency=currency).exponent)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{amount} has more digits than {currency} has")
        return cls(minor_units=int(scaled), currency=currency)

    def _same_currency(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(minor_units=self.minor_units + other.minor_units, currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(minor_units=self.minor_units - other.minor_units, currency=self.currency)

    def __mul__(self, count: int) -> "Money":
        return Money(minor_units=self.minor_units * count, currency=self.currency)
