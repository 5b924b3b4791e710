"""For want of a mail server."""

import logging

from resolvers.errors import ExpectedError
from resolvers.ports import Mail

logger = logging.getLogger(__name__)


class LogMailer:
    """For development: whoever reads the log reads the mail."""

    def check_ready(self) -> None:
        """Always is."""

    async def send(self, mail: Mail) -> None:
        logger.warning(
            "mail to the log, for want of a mail server", extra={"to": mail.to, "subject": mail.subject, "text": mail.text}
        )

    async def deliver(self, mail: Mail) -> None:
        await self.send(mail)


class RefusingMailer:
    """For production, where a log is no mailbox."""

    def check_ready(self) -> None:
        raise ExpectedError("This clinic's OHMS cannot send mail.", "MAIL_NOT_SET_UP")

    async def send(self, mail: Mail) -> None:  # noqa: ARG002
        self.check_ready()

    async def deliver(self, mail: Mail) -> None:  # noqa: ARG002
        self.check_ready()
