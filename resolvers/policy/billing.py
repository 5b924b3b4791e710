"""Who sees which coverages, invoices and payments."""

from models.coverage import CoverageStatus
from models.invoice import InvoiceStatus
from models.patient import ProxyScope
from models.role import Role
from resolvers.access import Access
from resolvers.policy.rule import (
    CARE,
    ORDINARY,
    PATIENTS,
    PROVIDERS,
    STAFF,
    Filter,
    Rules,
    VisibleBy,
    everything,
    one_of,
    under_care,
)


def _rules(what: str, *, hidden: Filter, ordinary: Filter) -> Rules:
    """``hidden`` keeps from patients what is not theirs yet or any more, ``ordinary`` from proxies what is confidential."""

    async def own(access: Access, _within: Filter) -> Filter | None:
        rows = one_of(access.own)
        return None if rows is None else {**rows, **hidden}

    async def proxied(access: Access, _within: Filter) -> Filter | None:
        rows = one_of(await access.proxied(ProxyScope.BILLING))
        return None if rows is None else {**rows, **hidden, **ordinary}

    except_confidential = ", except for confidential services (45 CFR 164.502(g)(3), 164.522(b))" if ordinary else ""
    return (
        VisibleBy(name="front desk", roles=STAFF, why=f"Staff see all {what}.", rows=everything),
        VisibleBy(name="the patient", roles=PATIENTS, why=f"Patients see their own {what}.", rows=own),
        VisibleBy(
            name="proxy",
            roles=PATIENTS,
            why=f"Proxies for BILLING see the patient's {what} while their right holds{except_confidential}.",
            rows=proxied,
        ),
        VisibleBy(name="under care", roles=PROVIDERS, why=CARE, rows=under_care),
    )


# A draft is not yet asked of anybody.
_NOT_ASKED = [InvoiceStatus.DRAFT.value, InvoiceStatus.ENTERED_IN_ERROR.value]

INVOICE_RULES = _rules("invoices, once issued", hidden={"status": {"$nin": _NOT_ASKED}}, ordinary=ORDINARY)
PAYMENT_RULES = _rules("payments", hidden={}, ordinary=ORDINARY)
# That somebody is insured tells nothing of what for.
COVERAGE_RULES = _rules("coverages", hidden={"status": {"$ne": CoverageStatus.ENTERED_IN_ERROR.value}}, ordinary={})
ELIGIBILITY_CHECK_RULES = _rules("eligibility checks", hidden={}, ordinary=ORDINARY)
LEDGER_RULES = _rules("entries of the ledger", hidden={}, ordinary=ORDINARY)
# Kept cards are whoever's account pays: proxies see none of them.
BILLING_ACCOUNT_RULES: Rules = tuple(rule for rule in _rules("kept cards", hidden={}, ordinary={}) if rule.name == "the patient")
PRICE_LIST_RULES: Rules = (
    VisibleBy(
        name="price list",
        roles=frozenset({Role.STAFF, Role.ADMIN}),
        why="Staff and administrators see the price list.",
        rows=everything,
    ),
)
PAYER_RULES: Rules = (
    VisibleBy(
        name="payers",
        roles=frozenset({*PATIENTS, *PROVIDERS, *STAFF, Role.ADMIN}),
        why="Whoever adds or sees coverages sees which payers the clinic knows.",
        rows=everything,
    ),
)
