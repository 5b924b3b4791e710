"""Errors that a caller is meant to see. Everything else is a fault, and is masked."""

from collections.abc import Sequence
from typing import Any


class ExpectedError(Exception):
    """Reaches the caller as it is: ``message`` for people, ``code`` and ``details`` for programs. Holds no patient data."""

    def __init__(self, message: str, code: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.details = details


class BadInput(ExpectedError):
    """Input that cannot be used; ``path`` names the argument or input field."""

    def __init__(self, message: str, path: Sequence[str]) -> None:
        super().__init__(message, "BAD_USER_INPUT", path=list(path))


class Unauthenticated(ExpectedError):
    """The operation needs somebody signed in."""

    def __init__(self, message: str = "Sign in first.") -> None:
        super().__init__(message, "UNAUTHENTICATED")


class Forbidden(ExpectedError):
    """The caller's roles do not allow it."""

    def __init__(self, message: str = "Your roles do not allow this.") -> None:
        super().__init__(message, "FORBIDDEN")
