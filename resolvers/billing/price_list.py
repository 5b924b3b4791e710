"""The price list: kept by staff."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic_core import to_jsonable_python

from models.charge_definition import ChargeDefinition
from models.identity import new_id
from models.money import Money
from resolvers.billing.lines import MOST_TEXT, check_amount
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.idempotency import Answer, once
from resolvers.pagination import Order, Page, PageRequest
from resolvers.ports import Session
from resolvers.queries import find_page
from resolvers.user_errors import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    system: str
    code: str
    description: str
    price: Money
    tax_percent: Decimal
    active: bool

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


async def set_charge(context: RequestContext, wish: Price, key: str | None) -> ChargeDefinition:
    """What a code costs from now on; invoices that were made keep their prices. Raises Rejected with InvalidInput by path."""
    _check(wish)
    rows = ChargeDefinition.get_pymongo_collection()

    async def work(session: Session) -> Answer:
        instant = context.access.instant
        change = {
            "$set": {**stored_changes(ChargeDefinition, wish.fields()), "updated_at": instant},
            "$setOnInsert": {"_id": new_id(), "created_at": instant},
            "$inc": {"revision": 1},
        }
        within = {"system": wish.system, "code": wish.code}
        await rows.update_one(within, change, upsert=True, session=session)
        found = await rows.find_one(within, {"_id": 1}, session=session)
        document_id = "" if found is None else str(found["_id"])
        context.trail.changed("ChargeDefinition", document_id, None, ["price"])
        return {"id": document_id}

    noted: dict[str, Any] = to_jsonable_python(wish.fields())
    answer = await once(context, "setCharge", key, noted, work)
    stored: ChargeDefinition | None = await ChargeDefinition.get(answer["id"])
    if stored is None:
        raise RuntimeError("a price vanished")
    return stored


def _check(wish: Price) -> None:
    """Raises Rejected."""
    complaints = Complaints()
    complaints.text(["code", "system"], wish.system, required=True)
    complaints.text(["code", "code"], wish.code, required=True, most=100)
    complaints.text(["description"], wish.description, required=True, most=MOST_TEXT)
    check_amount(complaints, wish.price, ["price"], wish.price.currency, least=0)
    if not (wish.tax_percent.is_finite() and 0 <= wish.tax_percent <= 100):
        complaints.add(["taxPercent"], f"Is {wish.tax_percent}; it must be from 0 to 100.")
    if complaints.found:
        raise Rejected(*complaints.found)


async def find_charges(context: RequestContext, order: Order, request: PageRequest) -> Page[ChargeDefinition]:
    return await find_page(ChargeDefinition, context.access, {}, order, request)
