"""Why an account may or may not see something, for administrators. It tells rules, never content."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.account import Account, AccountStatus
from models.base import StoredDocument
from models.role import Role
from resolvers.access import Access
from resolvers.context import RequestContext
from resolvers.errors import BadInput
from resolvers.policy import explain
from resolvers.principal import principal_of

NO_ROW = "no such row or none visible"


@dataclass(frozen=True, slots=True)
class FieldDemand:
    """What `@auth` asks of whoever selects ``coordinate``: one of ``roles``."""

    coordinate: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Step:
    rule: str
    holds: bool
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """``decided_by`` is the rule of the step that decides: the first that refuses, else the first that lets the row be seen."""

    allowed: bool
    decided_by: str
    why: str
    steps: list[Step]


async def explain_access(
    context: RequestContext,
    account_id: str | None,
    document: type[StoredDocument],
    document_id: str,
    demands: Sequence[FieldDemand],
) -> Explanation:
    """For the caller's own account without ``account_id``. Raises BadInput for an account that is not there.

    A row that does not exist and one that the account does not see have the same explanation.
    """
    account = await Account.get(account_id or context.principal.account_id or "")
    if account is None:
        raise BadInput("account is no account of OHMS.", ["account"])
    gates = [_active(account), *(_selectable(demand, account) for demand in demands)]
    access = Access(principal_of(account), context.access.instant, context.access.majority, context.ports.pseudonyms)
    tried = await explain(document, access, document_id)
    rows = [Step(found.rule.name, found.holds, found.rule.why) for found in tried]
    refusing = next((step for step in gates if not step.holds), None)
    showing = next((step for step in rows if step.holds), None)
    deciding = refusing or showing or Step(NO_ROW, False, "No rule lets this account see such a row, or there is none.")
    return Explanation(deciding.holds, deciding.rule, deciding.why, [*gates, *rows])


def _active(account: Account) -> Step:
    active = account.status is AccountStatus.ACTIVE
    return Step("account", active, f"Only an active account may do anything; this one is {account.status.value}.")


def _selectable(demand: FieldDemand, account: Account) -> Step:
    asked = ", ".join(role.value for role in Role if role in demand.roles)
    held = ", ".join(role.value for role in Role if role in account.roles) or "none"
    holds = not demand.roles.isdisjoint(account.roles)
    return Step(f"@auth on {demand.coordinate}", holds, f"Asks for one of {asked}; the account has {held}.")
