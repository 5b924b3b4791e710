"""What patients owe over all their invoices."""

from collections import defaultdict

from beanie import SortDirection

from models.invoice import Invoice, InvoiceStatus, Payment
from models.money import Money
from resolvers.access import Access
from resolvers.errors import ExpectedError
from resolvers.loaders.base import Loader
from resolvers.money_of_invoices import settlement
from resolvers.queries import find_visible

_BY_ID = [("_id", SortDirection.ASCENDING)]


class BalanceByPatient(Loader[str, Money]):
    """``load(patient id)``: the sum of the balances of the patient's visible invoices; zero ``currency`` when there are none."""

    def __init__(self, access: Access, currency: str) -> None:
        super().__init__()
        self._access = access
        self._currency = currency

    async def batch_load_fn(self, keys: list[str]) -> list[Money | Exception]:  # type: ignore[override]  # an exception fails its key alone
        of_patients = {"patient_id": {"$in": keys}}
        asked = {"status": {"$in": [InvoiceStatus.ISSUED.value, InvoiceStatus.BALANCED.value]}}
        invoices = await find_visible(Invoice, self._access, {**of_patients, **asked}, _BY_ID)
        payments: dict[str, list[Payment]] = defaultdict(list)
        for payment in await find_visible(Payment, self._access, of_patients, _BY_ID):
            payments[payment.invoice_id].append(payment)
        balances: dict[str, list[Money]] = defaultdict(list)
        for invoice in invoices:
            balances[invoice.patient_id].append(settlement(invoice, payments[invoice.id]).balance)
        return [self._sum(balances[key]) for key in keys]

    def _sum(self, balances: list[Money]) -> Money | Exception:
        currencies = {balance.currency for balance in balances} or {self._currency}
        if len(currencies) > 1:
            listed = ", ".join(sorted(currencies))
            return ExpectedError(f"The invoices are in several currencies ({listed}): sum them apart.", "MIXED_CURRENCIES")
        total = Money(minor_units=0, currency=currencies.pop())
        for balance in balances:
            total += balance
        return total
