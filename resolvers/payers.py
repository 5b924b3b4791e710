"""Payers: finding them, and keeping what the clinic knows of each."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic_core import to_jsonable_python

from models.payer import Payer, name_key
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.idempotency import Answer, once
from resolvers.pagination import Order, Page, PageRequest
from resolvers.ports import Session
from resolvers.queries import find_page
from resolvers.user_errors import Conflict, Rejected

_MOST_ID = 80
"""X12 NM109."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerWish:
    """What was given; None is "not given". ``no_electronic_number``: it was given as null."""

    name: str
    electronic_number: str | None = None
    no_electronic_number: bool = False
    discount_percent: Decimal | None = None
    in_network: bool | None = None
    active: bool | None = None

    def given(self) -> dict[str, Any]:
        names = ("name", "electronic_number", "discount_percent", "in_network", "active")
        values = {name: value for name in names if (value := getattr(self, name)) is not None}
        return values | ({"electronic_number": None} if self.no_electronic_number else {})


async def find_payers(context: RequestContext, order: Order, request: PageRequest) -> Page[Payer]:
    return await find_page(Payer, context.access, {}, order, request)


async def payer_named(name: str, session: Session | None = None) -> Payer | None:
    """The one that a coverage means."""
    return await Payer.find_one({"name_key": name_key(name)}, session=session)


async def set_payer(context: RequestContext, wish: PayerWish, expected_revision: int | None, key: str | None) -> Payer:
    """The payer of that name, made or changed; what is not given stays. Raises Rejected: InvalidInput, Conflict."""
    _check(wish)
    given = wish.given()

    async def work(session: Session) -> Answer:
        before = await payer_named(wish.name, session)
        if before is None:
            _must_be_at(expected_revision, None)
            made = Payer(name_key=name_key(wish.name), **given)
            await made.insert(session=session)
            context.trail.changed("Payer", made.id, None, sorted(given))
            return {"id": made.id}
        _must_be_at(expected_revision, before.revision)
        # Of two at once the database lets one through, and runs the other again.
        await Payer.get_pymongo_collection().update_one(
            {"_id": before.id},
            {"$set": stored_changes(Payer, {**given, "updated_at": context.access.instant}), "$inc": {"revision": 1}},
            session=session,
        )
        context.trail.changed("Payer", before.id, None, sorted(given))
        return {"id": before.id}

    noted = to_jsonable_python({"revision": expected_revision, **given})
    answer = await once(context, "setPayer", key, noted, work)
    found = await Payer.get(answer["id"])
    if found is None:
        raise LookupError("a payer is gone that was just written")
    return found


def _must_be_at(expected: int | None, revision: int | None) -> None:
    if expected is not None and expected != revision:
        message = f"The payer is no longer at revision {expected}: read it again."
        raise Rejected(Conflict(message=message, path=["expectedRevision"]))


def _check(wish: PayerWish) -> None:
    complaints = Complaints()
    complaints.text(["name"], wish.name, required=True)
    electronic_number = wish.electronic_number
    if electronic_number is not None and not (
        electronic_number.isascii() and electronic_number.isalnum() and len(electronic_number) <= _MOST_ID
    ):
        complaints.add(["electronicId"], f"Must be up to {_MOST_ID} letters and digits.")
    check_percent(complaints, ["discountPercent"], wish.discount_percent)
    complaints.check()


def check_percent(complaints: Complaints, path: list[str], percent: Decimal | None) -> None:
    if percent is None:
        return
    if not 0 <= percent <= 100:
        complaints.add(path, f"Is {percent}; it must be from 0 to 100.")
    elif percent != round(percent, 2):
        complaints.add(path, f"Is {percent}; it has at most two digits after the point.")
