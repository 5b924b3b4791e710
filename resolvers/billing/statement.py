"""What happened between two days on a patient's account, with the balance before and after each entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from beanie import SortDirection

from models.ledger import LedgerAccount, LedgerCause, LedgerEntry
from models.money import Money
from resolvers.context import RequestContext
from resolvers.errors import BadInput, ExpectedError
from resolvers.queries import find_visible

_OWED = {LedgerAccount.PATIENT_RECEIVABLE, LedgerAccount.CREDITS}
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """``amount`` is what the entry adds to what the patient owes; below zero it takes off."""

    at: datetime
    cause: LedgerCause
    invoice_id: str
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    from_: date
    to: date
    opening: Money
    lines: list[StatementLine]
    closing: Money


async def statement_of(context: RequestContext, patient_id: str, from_: date, to: date) -> Statement:
    """Days are the clinic's, ``to`` included. What the caller may not see is not in it, and not in its sums.

    Raises BadInput for days the wrong way round or too far apart, ExpectedError for several currencies.
    """
    if not timedelta(0) <= to - from_ <= LONGEST:
        raise BadInput(f"to ({to}) must be from 0 to {LONGEST.days} days after from ({from_}).", ["to"])
    zone = ZoneInfo(context.access.majority.time_zone)
    start = datetime.combine(from_, time(), zone)
    end = datetime.combine(to + timedelta(days=1), time(), zone)
    sort = [("at", SortDirection.ASCENDING), ("_id", SortDirection.ASCENDING)]
    within = {"patient_id": patient_id, "at": {"$lt": end}}
    found = await find_visible(LedgerEntry, context.access, within, sort)
    currencies = {entry.currency for entry in found} or {context.loaders.currency}
    if len(currencies) > 1:
        raise ExpectedError(f"The account is in several currencies ({', '.join(sorted(currencies))}).", "MIXED_CURRENCIES")
    return _statement(found, from_, to, start, currencies.pop())


def _statement(found: Iterable[LedgerEntry], from_: date, to: date, start: datetime, currency: str) -> Statement:
    opening = balance = Money(minor_units=0, currency=currency)
    lines = []
    for entry in found:
        units = sum(posting.minor_units for posting in entry.postings if posting.account in _OWED)
        amount = Money(minor_units=units, currency=currency)
        balance += amount
        if entry.at < start:
            opening = balance
        elif units:
            lines.append(StatementLine(entry.at, entry.cause, entry.invoice_id, amount, balance))
    return Statement(from_, to, opening, lines, balance)
