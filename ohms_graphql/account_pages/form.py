"""What a page with a form consists of."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from resolvers.context import RequestContext

Typed = Mapping[str, str]
"""What was typed in, by field; every field of the form is there."""

Device = str | None
"""The token of a device that was signed in from before: strangers' failures do not slow it down."""


@dataclass(frozen=True, slots=True)
class Field:
    """``name`` is the last step of the path in a use case's UserError, so that a complaint finds its input.

    ``only_when_asked_for``: shown once a use case complains about it, as about a missing code of the second factor.
    """

    name: str
    label: str
    type: str = "text"
    autocomplete: str = "off"
    hint: str = ""
    inputmode: str = ""
    only_when_asked_for: bool = False

    def shown(self, typed: Typed) -> str:
        """What a page shown again has in the input. Passwords are never sent back."""
        return "" if self.type == "password" else typed.get(self.name, "")


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    path: str


SIGN_IN = Link("Sign in", "/sign-in")


@dataclass(frozen=True, slots=True)
class Done:
    """The page after success."""

    title: str
    message: str
    link: Link = SIGN_IN


@dataclass(frozen=True, slots=True)
class AccountForm:
    """``action`` raises Rejected or ExpectedError, whose texts people may read.

    ``done`` is what follows: a page, or the path of the form to go on with. ``for_members``: only for somebody signed in.
    """

    path: str
    title: str
    lead: str
    button: str
    fields: tuple[Field, ...]
    action: Callable[[RequestContext, Typed, Device], Awaitable[None]]
    done: Done | str
    links: tuple[Link, ...] = ()
    for_members: bool = False
