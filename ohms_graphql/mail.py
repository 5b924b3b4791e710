"""Where mail goes. There is no mail server yet: development writes it to the log, production refuses."""

import logging

from resolvers.errors import ExpectedError
from resolvers.ports import Mail

logger = logging.getLogger(__name__)


class LogMailer:
    """For development: whoever reads the log reads the mail."""

    async def send(self, mail: Mail) -> None:
        logger.warning(
            "mail to the log, for want of a mail server", extra={"to": mail.to, "subject": mail.subject, "text": mail.text}
        )


class RefusingMailer:
    """For production, where a log is no mailbox."""

    async def send(self, mail: Mail) -> None:  # noqa: ARG002
        raise ExpectedError("This clinic's OHMS cannot send mail yet.", "MAIL_NOT_SET_UP")
