"""Which mailer the settings ask for, and which settings are refused."""

import pytest

from ohms_graphql.mail.mail_queue import MailQueue
from ohms_graphql.mail.mailers import mailer_of
from ohms_graphql.mail.smtp_url import Protection, read_smtp_url
from ohms_graphql.mail.without_server import LogMailer, RefusingMailer
from ohms_graphql.settings import SettingsError, load_settings
from resolvers.errors import ExpectedError
from resolvers.ports import Mail

KEY = {"OHMS_SECRET_KEY": "k" * 32}
SET = {"OHMS_SMTP_URL": "smtps://clinic:p%40ss@mail.example", "OHMS_MAIL_FROM": "Clinic <no-reply@clinic.example>"}


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        ({}, LogMailer),
        ({"OHMS_ENVIRONMENT": "production", **KEY}, RefusingMailer),
        ({"OHMS_ENVIRONMENT": "production", **KEY, **SET}, MailQueue),
        (SET, MailQueue),
    ],
)
async def test_the_settings_decide(environ: dict[str, str], kind: type) -> None:
    async with mailer_of(load_settings(environ)) as mailer:
        assert isinstance(mailer, kind)


async def test_production_without_a_server_refuses() -> None:
    for asked in (RefusingMailer().check_ready,):
        with pytest.raises(ExpectedError) as refused:
            asked()
        assert refused.value.code == "MAIL_NOT_SET_UP"
    with pytest.raises(ExpectedError):
        await RefusingMailer().send(Mail(to="a@b.example", subject="", text=""))


@pytest.mark.parametrize(
    ("url", "protection", "port"),
    [
        ("smtp://clinic:p%40ss@mail.example", Protection.STARTTLS, 587),
        ("smtp://mail.example:25", Protection.STARTTLS, 25),
        ("smtps://mail.example", Protection.IMPLICIT_TLS, 465),
        ("smtp://127.0.0.1:2525", Protection.NONE, 2525),
        ("smtp://[::1]:25", Protection.NONE, 25),
        ("smtp://localhost", Protection.NONE, 587),
        ("smtp://localhost.evil.example", Protection.STARTTLS, 587),
    ],
)
def test_only_this_machine_is_spoken_to_without_tls(url: str, protection: Protection, port: int) -> None:
    server = read_smtp_url(url)
    assert (server.protection, server.port) == (protection, port)
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize(
    "url",
    ["mail.example", "http://u:hidden@mail.example", "smtp://:0", "smtp://u:hidden@mail.example:99999",
     "smtp://user@mail.example", "smtp://u:hidden@mail.example/path", "smtp://u:hidden@mail.example?x=1"],
)  # fmt: skip
def test_a_wrong_address_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"OHMS_SMTP_URL": url, "OHMS_MAIL_FROM": "a@b.example"})
    assert "OHMS_SMTP_URL (value not shown): must" in str(refused.value)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("sender", [None, "nobody", "a@b.example\r\nBcc: c@d.example", "@b.example", "a@localhost"])
def test_a_server_needs_a_sender(sender: str | None) -> None:
    given = {"OHMS_SMTP_URL": "smtps://mail.example"} | ({"OHMS_MAIL_FROM": sender} if sender else {})
    with pytest.raises(SettingsError, match="OHMS_MAIL_FROM"):
        load_settings(given)
