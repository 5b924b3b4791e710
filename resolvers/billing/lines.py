"""The lines of an invoice: what people enter, checked and priced."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.invoice import InvoiceLine
from models.money import Money
from models.values import CodeableConcept
from resolvers.billing.splitting import percent_of, split
from resolvers.complaints import Complaints

MOST_LINES = 200
MOST_QUANTITY = 10_000
MOST_MINOR_UNITS = 100_000_000_000
"""Of one line: a hundred of them stay far below what JavaScript counts exactly."""
MOST_TEXT = 400
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWish:
    """``code`` None: nothing but words. ``discount`` is off the whole line; ``tax_percent`` of what is left comes on top."""

    description: str
    unit_price: Money
    quantity: int = 1
    code: CodeableConcept | None = None
    discount: Money | None = None
    tax_percent: Decimal | None = None

    @property
    def base(self) -> int:
        return self.quantity * self.unit_price.minor_units

    @property
    def net(self) -> int:
        return self.base - (self.discount.minor_units if self.discount else 0)


def check_lines(complaints: Complaints, lines: Sequence[LineWish], discount: Money | None, currency: str) -> None:
    complaints.items(["lines"], lines, most=MOST_LINES)
    if not lines:
        complaints.add(["lines"], "Must not be empty.")
    for place, line in enumerate(lines[:MOST_LINES]):
        _check_line(complaints, line, ["lines", str(place)], currency)
    if complaints.found or discount is None:
        return
    check_amount(complaints, discount, ["discount"], currency, most=sum(line.net for line in lines))


def _check_line(complaints: Complaints, line: LineWish, path: list[str], currency: str) -> None:
    complaints.text([*path, "description"], line.description, most=MOST_TEXT, required=True)
    complaints.number([*path, "quantity"], line.quantity, 1, MOST_QUANTITY)
    check_amount(complaints, line.unit_price, [*path, "unitPrice"], currency, least=0, most=MOST_MINOR_UNITS)
    if line.base > MOST_MINOR_UNITS:
        complaints.add(path, f"Comes to {line.base} minor units; at most {MOST_MINOR_UNITS} fit.")
    if line.discount is not None:
        check_amount(complaints, line.discount, [*path, "discount"], currency, least=0, most=line.base)
    if line.tax_percent is not None and not (line.tax_percent.is_finite() and 0 <= line.tax_percent <= _HUNDRED):
        complaints.add([*path, "taxPercent"], f"Is {line.tax_percent}; it must be from 0 to 100.")


def check_amount(
    complaints: Complaints, amount: Money, path: list[str], currency: str, *, least: int = 1, most: int = MOST_MINOR_UNITS
) -> None:
    """Complains of another currency, and of amounts below ``least`` or above ``most`` minor units."""
    if amount.currency != currency:
        complaints.add([*path, "currency"], f"Is {amount.currency}; it must be {currency}.")
    elif not least <= amount.minor_units <= most:
        shown = f"{amount.minor_units} minor units of {currency}"
        complaints.add([*path, "minorUnits"], f"Is {shown}; it must be from {least} to {most}.")


def priced(lines: Sequence[LineWish], discount: Money | None, currency: str) -> list[InvoiceLine]:
    """A discount on the whole is spread over the lines by the largest remainder, before taxes."""
    spread = split(discount.minor_units, [line.net for line in lines]) if discount else [0] * len(lines)
    return [_priced(line, more, currency) for line, more in zip(lines, spread, strict=True)]


def _priced(line: LineWish, more: int, currency: str) -> InvoiceLine:
    net = line.net - more
    tax = percent_of(net, line.tax_percent) if line.tax_percent else 0
    return InvoiceLine(
        code=line.code or CodeableConcept(text=line.description.strip()),
        description=line.description.strip(),
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=Money(minor_units=line.base - net, currency=currency) if line.base != net else None,
        tax_percent=line.tax_percent or None,
        tax=Money(minor_units=tax, currency=currency) if line.tax_percent else None,
        amount=Money(minor_units=net + tax, currency=currency),
    )


def total_of(lines: Sequence[InvoiceLine], currency: str) -> Money:
    return Money(minor_units=sum(line.amount.minor_units for line in lines), currency=currency)
