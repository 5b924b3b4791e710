"""What is told of settings that cannot be used."""

import difflib
import re
from collections.abc import Collection, Mapping

from pydantic_core import ErrorDetails


def wrong(details: ErrorDetails, prefix: str, secrets: Collection[str]) -> str:
    """One line about a variable; the value of a secret is not in it."""
    field = str(details["loc"][0])
    name = f"{prefix}{field.upper()}"
    problem = re.sub(r"^(Value error, )?((Input|String) should )?", _must, details["msg"])
    if field == "master_key" and details["input"] is None:
        return f"{name} {problem}"
    return f"{name} (value not shown): {problem}" if field in secrets else f"{name}={_shown(details['input'])}: {problem}"


def _must(prefix: re.Match[str]) -> str:
    return "must " if prefix[2] else ""


def _shown(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def unknown_variable(name: str, fields: Mapping[str, str]) -> str:
    nearest = difflib.get_close_matches(name, fields, n=1)
    return f"{name} is not a setting of OHMS" + (f"; did you mean {nearest[0]}?" if nearest else "")
