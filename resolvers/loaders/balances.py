"""What stands in the ledger: sums of it, by invoice and by patient."""

from collections import defaultdict
from typing import Any

from models.ledger import LedgerAccount, LedgerEntry
from models.money import Money
from resolvers.access import Access
from resolvers.billing.books import booked_positions
from resolvers.billing.positions import Positions
from resolvers.errors import ExpectedError
from resolvers.loaders.base import Loader
from resolvers.policy import restrict
from resolvers.rows import ONE_BATCH

_OWED = [LedgerAccount.PATIENT_RECEIVABLE.value, LedgerAccount.CREDITS.value]


class PositionsByInvoice(Loader[str, Positions]):
    """``load(invoice id)``: its sums by account. For invoices that the caller was shown: policy is not asked again."""

    def __init__(self, access: Access) -> None:
        super().__init__()
        self._access = access

    async def batch_load_fn(self, keys: list[str]) -> list[Positions]:
        stored = [self._access.stored_key("invoice_id", key) for key in keys]
        found = await booked_positions(stored)
        return [found.get(key, {}) for key in stored]


class BalanceByPatient(Loader[str, Money]):
    """``load(patient id)``: what the patient owes over all entries that the caller may see, or has as a credit (below zero).

    With ``only`` CREDITS what was paid too much. Zero ``currency`` where there is nothing.
    """

    def __init__(self, access: Access, currency: str, only: LedgerAccount | None = None) -> None:
        super().__init__()
        self._access = access
        self._currency = currency
        self._accounts = _OWED if only is None else [only.value]

    async def batch_load_fn(self, keys: list[str]) -> list[Money | Exception]:  # type: ignore[override]  # an exception fails its key alone
        visible = await restrict(LedgerEntry, self._access, {"patient_id": {"$in": keys}})
        stages: list[dict[str, Any]] = [
            {"$match": visible},
            {"$unwind": "$postings"},
            {"$match": {"postings.account": {"$in": self._accounts}}},
            {
                "$group": {
                    "_id": {"patient": "$patient_id", "currency": "$currency"},
                    "minor_units": {"$sum": "$postings.minor_units"},
                }
            },
        ]
        sums: dict[str, list[Money]] = defaultdict(list)
        async for row in await LedgerEntry.get_pymongo_collection().aggregate(stages, batchSize=ONE_BATCH):
            sums[row["_id"]["patient"]].append(Money(minor_units=row["minor_units"], currency=row["_id"]["currency"]))
        stored = [self._access.stored_key("patient_id", key) for key in keys]
        self._access.trail.counted(LedgerEntry, stored)
        return [self._one(sums[key]) for key in stored]

    def _one(self, found: list[Money]) -> Money | Exception:
        """Currencies that are even do not count. What is open in several cannot be summed."""
        open_ = [money for money in found if money.minor_units] or found[:1]
        if len(open_) > 1:
            listed = ", ".join(sorted(money.currency for money in open_))
            return ExpectedError(f"The invoices are in several currencies ({listed}): sum them apart.", "MIXED_CURRENCIES")
        return open_[0] if open_ else Money(minor_units=0, currency=self._currency)
