"""What a password must be: long enough, and short enough to be hashed at once (NIST SP 800-63B: length, not composition)."""

from resolvers.user_errors import InvalidInput, Rejected, UserError

MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 512


def complaints_about(password: str, path: list[str]) -> list[UserError]:
    """Why this cannot become a password; empty when it can."""
    if MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        return []
    limits = f"from {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH}"
    return [InvalidInput(message=f"A password has {limits} characters; this one has {len(password)}.", path=path)]


def check_new_password(password: str, path: list[str]) -> None:
    """Raises Rejected with InvalidInput."""
    if complaints := complaints_about(password, path):
        raise Rejected(*complaints)


def check_entered_password(password: str, path: list[str]) -> None:
    """Raises Rejected with InvalidInput for one that is not worth hashing: no account has it."""
    if len(password) > MAX_PASSWORD_LENGTH:
        message = f"A password has at most {MAX_PASSWORD_LENGTH} characters; this one has {len(password)}."
        raise Rejected(InvalidInput(message=message, path=path))
