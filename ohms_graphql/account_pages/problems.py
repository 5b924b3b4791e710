"""A use case's refusal in the words of a page, beside the field that it is about."""

from collections.abc import Sequence

from ohms_graphql.account_pages.form import AccountForm, Field
from ohms_graphql.pages.renderer import Problem
from resolvers.user_errors import InvalidCredentials, Rejected, TooManyAttempts, UserError


def problems_of(form: AccountForm, rejection: Rejected) -> list[Problem]:
    fields = {field.name: field for field in form.fields}
    return [_problem(fields, error) for error in rejection.errors]


def status_of(errors: Sequence[UserError]) -> tuple[int, dict[str, str]]:
    """The HTTP status and headers: 429 with Retry-After (RFC 6585) where it was too often, else 400."""
    waits = [error.retry_after_seconds for error in errors if isinstance(error, TooManyAttempts)]
    return (429, {"retry-after": str(max(waits))}) if waits else (400, {})


def _problem(fields: dict[str, Field], error: UserError) -> Problem:
    if isinstance(error, InvalidCredentials) and (field := fields.get("oneTimeCode")):
        # There is no password to be wrong in these forms: what was proved is the second factor.
        return Problem(f"{field.label}: it is wrong, or was used before.", field.name)
    about = fields.get(error.path[-1]) if error.path else None
    return Problem(f"{about.label}: {error.message}", about.name) if about else Problem(error.message)
