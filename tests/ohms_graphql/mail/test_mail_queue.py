"""Nobody waits for the mail server; it is asked again; what goes wrong is logged without address or text."""

import asyncio
import logging
import time

import pytest

from ohms_graphql.mail.delivery_error import DeliveryError
from ohms_graphql.mail.mail_queue import MailQueue
from ohms_graphql.mail.smtp_mailer import SmtpMailer
from ohms_graphql.mail.smtp_url import Protection, SmtpServer
from resolvers.errors import ExpectedError
from resolvers.ports import Mail, MailNotTaken
from tests.ohms_graphql.mail.mail_server import Received, mail_server

MAIL = Mail(to="alice@clinic.example", subject="Secret subject", text="Secret text")


class Delivery:
    """Fails as often as told, then delivers."""

    def __init__(self, *failures: Exception, seconds: float = 0) -> None:
        self.failures = list(failures)
        self.seconds = seconds
        self.delivered: list[Mail] = []

    async def deliver(self, mail: Mail) -> None:
        await asyncio.sleep(self.seconds)
        if self.failures:
            raise self.failures.pop(0)
        self.delivered.append(mail)


async def test_an_answer_does_not_wait_for_a_slow_server_and_the_end_does() -> None:
    slow = Delivery(seconds=0.3)
    queue = MailQueue(slow)
    async with queue.running():
        before = time.perf_counter()
        await queue.send(MAIL)
        assert time.perf_counter() - before < 0.1
        assert slow.delivered == []
    assert slow.delivered == [MAIL]


async def test_a_server_that_says_later_is_asked_again() -> None:
    received = Received(answers=["451 later", "421 later"])
    with mail_server(received) as port:
        server = SmtpServer(host="127.0.0.1", port=port, protection=Protection.NONE)
        queue = MailQueue(SmtpMailer(server, "no-reply@clinic.example"), retry_after=(0.05, 0.05))
        async with queue.running():
            await queue.send(MAIL)
            async with asyncio.timeout(10):
                while not received.mails:  # noqa: ASYNC110 -- another thread's
                    await asyncio.sleep(0.02)
    assert received.recipients == [MAIL.to]


@pytest.mark.parametrize(
    "failures",
    [
        [DeliveryError("refused", temporary=False)],
        [DeliveryError("away", temporary=True)] * 3,
        [RuntimeError("alice@clinic.example Secret text")],
    ],
)
async def test_what_is_given_up_is_logged_without_address_or_text(
    caplog: pytest.LogCaptureFixture, failures: list[Exception]
) -> None:
    caplog.set_level(logging.INFO)
    delivery = Delivery(*failures)
    queue = MailQueue(delivery, retry_after=(0.01, 0.01))
    async with queue.running():
        await queue.send(MAIL)
        async with asyncio.timeout(5):
            while "given up" not in caplog.text:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await queue.send(MAIL)
    assert delivery.delivered == [MAIL], "the next one is sent all the same"
    assert "alice" not in caplog.text
    assert "Secret" not in caplog.text


async def test_the_end_gives_what_waits_one_more_try_and_does_not_wait_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    away = Delivery(DeliveryError("away", temporary=True))
    queue = MailQueue(away, retry_after=(3600,))
    async with asyncio.timeout(5):
        async with queue.running():
            await queue.send(MAIL)
            await asyncio.sleep(0.05)
            assert away.delivered == []
    assert away.delivered == [MAIL]
    stuck = MailQueue(Delivery(seconds=3600), drain_seconds=0.1)
    async with asyncio.timeout(5):
        async with stuck.running():
            await stuck.send(MAIL)
    assert "not sent before the end" in caplog.text


async def test_a_full_queue_says_so_before_it_is_told_whether_a_mail_follows() -> None:
    queue = MailQueue(Delivery(), room=2)
    for _ in range(2):
        await queue.send(MAIL)
    with pytest.raises(ExpectedError, match="Too many mails wait"):
        queue.check_ready()
    with pytest.raises(ExpectedError, match="Too many mails wait"):
        await queue.send(MAIL)


async def test_who_must_know_waits_for_the_server_and_hears_of_it() -> None:
    later = DeliveryError("later", temporary=True)
    delivery = Delivery(later)
    queue = MailQueue(delivery)
    with pytest.raises(MailNotTaken) as refused:
        await queue.deliver(MAIL)
    assert refused.value.temporary
    assert delivery.delivered == []
    await queue.deliver(MAIL)
    assert delivery.delivered == [MAIL]
