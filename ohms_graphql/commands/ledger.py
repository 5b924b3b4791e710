"""`ohms ledger`: is the ledger right?"""

import asyncio
import os
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from ohms_graphql.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The double-entry ledger behind all balances.")


@app.callback()
def _commands() -> None:
    """Makes `verify` a command of its own, also while there is no other."""


@app.command()
def verify() -> None:
    """Check that entries sum to zero, agree with invoices and payments, and numbers have no gaps; exit code 1 when not."""
    from ohms_graphql.database_url import database_url
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    with database_url(settings) as url:
        wrong = asyncio.run(_verify(settings.model_copy(update={"mongodb_url": url})))
    if wrong:
        raise typer.Exit(1)


async def _verify(settings: "Settings") -> int:
    from models.invoice import Invoice
    from models.ledger import LedgerEntry
    from ohms_graphql.commands.nobody import context_of_nobody
    from resolvers.billing.verifying import verify_ledger

    wrong = 0
    async with context_of_nobody(settings, "ledger.verify"):
        async for finding in verify_ledger():
            wrong += 1
            typer.echo(f"{finding.where}: {finding.what}")
        entries, invoices = await LedgerEntry.count(), await Invoice.count()
    outcome = f"{wrong} findings" if wrong else "right"
    typer.echo(f"{outcome}: {entries} entries of {invoices} invoices checked")
    return wrong
