"""What people enter about invoices."""

from decimal import Decimal

import strawberry

from resolvers.billing.lines import LineWish
from schema.provider.inputs import CodeableConceptInput, MoneyInput


@strawberry.input(description="A line of an invoice.")
class InvoiceLineInput:
    description: str = strawberry.field(description="What it is, for people; at most 400 characters.")
    unit_price: MoneyInput = strawberry.field(description="For one.")
    quantity: int = strawberry.field(default=1, description="How many: 1 to 10000.")
    code: CodeableConceptInput | None = strawberry.field(default=None, description="What it is in code systems.")
    discount: MoneyInput | None = strawberry.field(default=None, description="Off the whole line, before taxes.")
    tax_percent: Decimal | None = strawberry.field(default=None, description="0 to 100; on what the discount leaves.")

    def wish(self, place: int) -> LineWish:
        path = ["lines", str(place)]
        return LineWish(
            description=self.description,
            unit_price=self.unit_price.cleaned([*path, "unitPrice"]),
            quantity=self.quantity,
            code=self.code.cleaned() if self.code else None,
            discount=self.discount.cleaned([*path, "discount"]) if self.discount else None,
            tax_percent=self.tax_percent,
        )


def line_wishes(lines: list[InvoiceLineInput]) -> list[LineWish]:
    """Raises Rejected for what is no currency."""
    return [line.wish(place) for place, line in enumerate(lines)]
