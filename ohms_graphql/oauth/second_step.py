"""Between the password and the code of the second factor: who has shown the password, sealed into the page's form."""

import json
from datetime import datetime, timedelta

from models.account import Account
from resolvers.ports import Sealer

_GOOD_FOR = timedelta(minutes=5)


def sealed_step(sealer: Sealer, account: Account, browser: str, instant: datetime) -> str:
    """For the form that asks for the code. ``browser`` is the cookie's value: no other browser can go on with it."""
    return sealer.seal(json.dumps([account.id, browser, (instant + _GOOD_FOR).timestamp()]))


async def opened_step(sealer: Sealer, sealed: str, browser: str, instant: datetime) -> Account | None:
    """The account that showed its password; None when that is too long ago, or was not here."""
    try:
        account_id, bound_to, until = json.loads(sealer.unseal(sealed))
    except ValueError:
        return None
    return await Account.get(account_id) if bound_to == browser and instant.timestamp() < until else None
