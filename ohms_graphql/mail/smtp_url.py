"""Which mail server and sender, and how to talk to it (RFC 5321; STARTTLS: RFC 3207; implicit TLS: RFC 8314)."""

from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

_PORTS = {"smtp": 587, "smtps": 465}


class Protection(StrEnum):
    """NONE is for a server on the same machine, where nobody listens in between."""

    IMPLICIT_TLS = "IMPLICIT_TLS"
    STARTTLS = "STARTTLS"
    NONE = "NONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    host: str
    port: int
    protection: Protection
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def read_smtp_url(url: str) -> SmtpServer:
    """``smtps://user:password@host:465`` or ``smtp://...``, which means STARTTLS except on this machine.

    Raises ValueError, without quoting the address: it holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("must be an address like smtps://user:password@mail.example:465") from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment or parts.path not in {"", "/"}:
        raise ValueError("must be an address like smtps://user:password@mail.example:465")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("must have a user and a password, or neither")
    if parts.scheme == "smtps":
        protection = Protection.IMPLICIT_TLS
    else:
        protection = Protection.NONE if _is_this_machine(parts.hostname) else Protection.STARTTLS
    return SmtpServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        protection=protection,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def is_sender(text: str) -> bool:
    """Whether mail can come from ``name@host`` or ``Name <name@host>`` (RFC 5322)."""
    address = parseaddr(text)[1]
    name, _, host = address.rpartition("@")
    return text.isprintable() and bool(name) and "." in host.strip(".") and not any(map(str.isspace, address))


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
