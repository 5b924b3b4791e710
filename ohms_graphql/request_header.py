"""One header of a request: Starlette's ``Headers`` decodes all of them for each that is asked for."""

from starlette.requests import HTTPConnection


def request_header(request: HTTPConnection, name: bytes) -> str | None:
    """``name`` in lower case; the first of several."""
    for given, value in request.scope["headers"]:
        if given == name:
            text: str = value.decode("latin-1")
            return text
    return None
