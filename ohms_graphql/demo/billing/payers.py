"""The insurers of the demo, and what was agreed with them."""

from datetime import datetime
from decimal import Decimal

from models.payer import Payer, name_key
from ohms_graphql.demo.cast import demo_id
from ohms_graphql.demo.data.plans import PLANS, SECOND, SENIOR


def payers(made: datetime) -> list[Payer]:
    """One for each name: what was agreed holds for all plans of an insurer."""
    found: dict[str, Payer] = {}
    for number, plan in enumerate((*PLANS, SENIOR, SECOND)):
        found.setdefault(
            plan.payer,
            Payer(
                id=demo_id("Payer", plan.payer),
                created_at=made,
                updated_at=made,
                name=plan.payer,
                name_key=name_key(plan.payer),
                electronic_number=f"DEMO{number:02d}",
                discount_percent=Decimal(plan.discount),
            ),
        )
    return list(found.values())
