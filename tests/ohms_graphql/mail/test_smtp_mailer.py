"""Handing mails to a server: protected, checked, and never with a header of somebody else's making."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from ohms_graphql.mail.delivery_error import DeliveryError
from ohms_graphql.mail.smtp_mailer import SmtpMailer, written
from ohms_graphql.mail.smtp_url import Protection, SmtpServer
from resolvers.ports import Mail
from tests.ohms_graphql.mail.mail_server import Received, mail_server, only_clinic, self_made_certificate

MAIL = Mail(to="alice@clinic.example", subject="Ihr Code für Äpfel", text="Code:\n\n7KQ2-9FHM\n.\nEnde")
SENDER = "Clinic <no-reply@clinic.example>"


def _server(port: int, protection: Protection, password: str | None = None) -> SmtpServer:
    user = "clinic" if password else None
    return SmtpServer(host="127.0.0.1", port=port, protection=protection, user=user, password=password)


async def test_a_mail_arrives_as_it_was_written() -> None:
    received = Received()
    with mail_server(received) as port:
        await SmtpMailer(_server(port, Protection.NONE), SENDER).deliver(MAIL)
    [mail] = received.mails
    assert (mail["To"], mail["From"], mail["Subject"]) == (MAIL.to, SENDER, MAIL.subject)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@clinic.example>")
    assert mail.get_content().split() == MAIL.text.split()
    assert received.recipients == [MAIL.to]


def test_the_same_news_to_the_same_person_is_the_same_message() -> None:
    def message_id(to: str, key: str | None) -> str:
        return str(written(Mail(to=to, subject="Reminder", text="...", key=key), SENDER)["Message-ID"])

    first = message_id("alice@clinic.example", "visit-7:1440")
    assert message_id("alice@clinic.example", "visit-7:1440") == first
    assert first.endswith("@clinic.example>")
    assert "visit-7" not in first
    assert message_id("bob@clinic.example", "visit-7:1440") != first
    assert message_id("alice@clinic.example", "visit-7:120") != first
    assert message_id("alice@clinic.example", None) != message_id("alice@clinic.example", None)


async def test_starttls_with_user_and_password(tmp_path: Path) -> None:
    certificate, received = self_made_certificate(tmp_path), Received()
    asked = {"tls_context": certificate.server, "require_starttls": True, "authenticator": only_clinic, "auth_required": True}
    with mail_server(received, **asked) as port:
        server = _server(port, Protection.STARTTLS, "p@ss:word")
        await SmtpMailer(server, SENDER, tls=certificate.client).deliver(MAIL)
        wrong = SmtpMailer(_server(port, Protection.STARTTLS, "guess"), SENDER, tls=certificate.client)
        with pytest.raises(DeliveryError, match="the server answered 535") as refused:
            await wrong.deliver(MAIL)
    assert not refused.value.temporary
    assert received.over_tls == [True]


async def test_implicit_tls(tmp_path: Path) -> None:
    certificate, received = self_made_certificate(tmp_path), Received()
    with mail_server(received, ssl_context=certificate.server) as port:
        await SmtpMailer(_server(port, Protection.IMPLICIT_TLS), SENDER, tls=certificate.client).deliver(MAIL)
    assert len(received.mails) == 1


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    certificate, received = self_made_certificate(tmp_path), Received()
    with mail_server(received, tls_context=certificate.server) as port:
        mailer = SmtpMailer(_server(port, Protection.STARTTLS), SENDER, tls=ssl.create_default_context())
        with pytest.raises(DeliveryError, match="SSLCertVerificationError"):
            await mailer.deliver(MAIL)
    assert received.mails == []


async def test_a_server_without_starttls_gets_neither_password_nor_mail(tmp_path: Path) -> None:
    received = Received()
    with mail_server(received) as port, pytest.raises(DeliveryError) as refused:
        await SmtpMailer(_server(port, Protection.STARTTLS, "p@ss:word"), SENDER).deliver(MAIL)
    assert not refused.value.temporary
    assert received.mails == []


@pytest.mark.parametrize(("answer", "temporary"), [("451 later", True), ("550 alice@clinic.example unknown", False)])
async def test_a_refusal_tells_whether_to_try_again_and_quotes_nothing(answer: str, temporary: bool) -> None:
    with mail_server(Received(answers=[answer])) as port, pytest.raises(DeliveryError) as refused:
        await SmtpMailer(_server(port, Protection.NONE), SENDER).deliver(MAIL)
    assert refused.value.temporary is temporary
    assert "alice" not in refused.value.reason
    assert refused.value.__cause__ is None


async def test_a_dead_server_and_a_silent_one_are_waited_for_no_longer_than_the_limit() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        for listening in (False, True):
            if listening:
                silent.listen()
            mailer = SmtpMailer(_server(port, Protection.NONE), SENDER, timeout=0.3)
            with pytest.raises(DeliveryError) as failed:
                async with asyncio.timeout(5):
                    await mailer.deliver(MAIL)
            assert failed.value.temporary


@pytest.mark.parametrize(
    "mail",
    [
        Mail(to="alice@clinic.example\r\nBcc: eve@evil.example", subject="s", text="t"),
        Mail(to="alice@clinic.example, eve@evil.example", subject="s", text="t"),
        Mail(to="Alice <alice@clinic.example>", subject="s", text="t"),
        Mail(to="alice@clinic.example", subject="s\r\nBcc: eve@evil.example", text="t"),
        Mail(to="", subject="s", text="t"),
    ],
)
def test_no_header_can_be_smuggled_in(mail: Mail) -> None:
    with pytest.raises(DeliveryError) as refused:
        written(mail, SENDER)
    assert not refused.value.temporary
    assert "eve" not in refused.value.reason
