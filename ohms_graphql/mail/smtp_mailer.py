"""Handing one mail to a mail server."""

import asyncio
import hashlib
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from models.base import now
from ohms_graphql.mail.delivery_error import DeliveryError
from ohms_graphql.mail.smtp_url import Protection, SmtpServer
from resolvers.ports import Mail
from resolvers.profile import email_is_valid

_TIMEOUT_SECONDS = 10.0


class SmtpMailer:
    """One connection for each mail, in a thread. Certificates are checked; without TLS nothing is said to another machine."""

    def __init__(
        self, server: SmtpServer, sender: str, *, tls: ssl.SSLContext | None = None, timeout: float = _TIMEOUT_SECONDS
    ) -> None:
        self._server = server
        self._sender = sender
        self._tls = tls or ssl.create_default_context()
        self._timeout = timeout

    async def deliver(self, mail: Mail) -> None:
        """Raises DeliveryError."""
        message = written(mail, self._sender)
        try:
            await asyncio.to_thread(self._hand_over, message)
        except smtplib.SMTPResponseException as error:
            raise DeliveryError(f"the server answered {error.smtp_code}", temporary=error.smtp_code < 500) from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted(code for code, _ in error.recipients.values())
            raise DeliveryError(f"the recipient was refused with {codes}", temporary=all(code < 500 for code in codes)) from None
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            raise DeliveryError(f"the server cannot do this ({type(error).__name__})", temporary=False) from None
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"the server did not answer well ({type(error).__name__})", temporary=True) from None

    def _hand_over(self, message: EmailMessage) -> None:
        server = self._server
        with self._connection() as connection:
            if server.protection is Protection.STARTTLS:
                connection.starttls(context=self._tls)
            if server.user is not None and server.password is not None:
                connection.login(server.user, server.password)
            connection.send_message(message)

    def _connection(self) -> smtplib.SMTP:
        host, port = self._server.host, self._server.port
        if self._server.protection is Protection.IMPLICIT_TLS:
            return smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=self._tls)
        return smtplib.SMTP(host, port, timeout=self._timeout)


def written(mail: Mail, sender: str) -> EmailMessage:
    """The message on the wire. Raises DeliveryError for what would break out of its header."""
    if not email_is_valid(mail.to):
        raise DeliveryError("the recipient is no address", temporary=False)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = Address(addr_spec=mail.to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(now())
        message["Message-ID"] = _message_id(mail, sender.rpartition("@")[2].strip("<> "))
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    except (ValueError, MessageError):
        raise DeliveryError("a header cannot be written", temporary=False) from None
    message.set_content(mail.text)
    return message


def _message_id(mail: Mail, domain: str) -> str:
    """RFC 5322, 3.6.4: the same for what is sent again, so that a mailbox knows it; the key itself is nobody's business."""
    if mail.key is None or not domain:
        return make_msgid(domain=domain or None)
    return f"<{hashlib.sha256(f'{mail.key} {mail.to}'.encode()).hexdigest()[:40]}@{domain}>"
