"""Breaking the glass, as Dr. Strange does."""

from typing import Any

from models.account import Account
from tests.graph import Graph

REASON = "Brought in unconscious after a fall, no relatives here."
BREAK = """mutation ($input: BreakGlassInput!) { breakGlass(input: $input) {
  grant { id expiresAt } patient { name { text } conditions { code { text } } } errors { __typename code path } } }"""


async def broken(graph: Graph, caller: str = "stranger", **given: Any) -> Any:
    """The payload of breaking the glass with a good purpose and reason, unless others are given."""
    data = await graph.data(caller, BREAK, input={"purpose": "EMERGENCY", "reason": REASON, **given})
    return data["breakGlass"]


async def signed_in_again(graph: Graph, caller: str) -> None:
    """The account as the database has it now: every operation of a real caller reads it."""
    account = await Account.get(graph.clinic.accounts[caller].id)
    assert account is not None
    graph.clinic.accounts[caller] = account
