"""Telling owners by mail what happened to their account, so that they notice when it was not they."""

import logging

from resolvers.context import RequestContext
from resolvers.errors import ExpectedError
from resolvers.ports import Mail

_log = logging.getLogger(__name__)


async def tell_owner(context: RequestContext, email: str, what: str) -> None:
    """``what`` is a sentence. A clinic without a mail server must still be able to change what is told here."""
    text = f"{what}\n\nIf this was not you, reset your password at once and tell the clinic."
    try:
        await context.ports.mailer.send(Mail(to=email, subject="Your account was changed", text=text))
    except ExpectedError as error:
        _log.warning("a notice to an account's owner was not sent: %s", error.code)
