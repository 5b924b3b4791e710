"""Reading a posted form, and no more of it than a form of ours can have."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from ohms_graphql.errors import OhmsError

MAX_FORM_BYTES = 16_384
_MAX_FIELDS = 20


class UnreadableForm(OhmsError):
    """``status`` is the answer's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


async def read_form(request: Request) -> dict[str, str]:
    """The fields of an application/x-www-form-urlencoded body; of a field sent twice, the last. Raises UnreadableForm."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise UnreadableForm("This address takes forms only.", 415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise UnreadableForm(f"The form has more than {MAX_FORM_BYTES} bytes.", 413)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict"))
    except ValueError as error:  # no UTF-8, or too many fields
        raise UnreadableForm("The form cannot be read.", 400) from error
