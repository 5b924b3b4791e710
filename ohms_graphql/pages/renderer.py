"""Pages from templates, with the headers that keep them what they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

_TEMPLATES = Environment(
    loader=PackageLoader("ohms_graphql.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a form. ``field`` is the name of the input it belongs to, or None for the form as a whole."""

    message: str
    field: str | None = None


def render(
    template: str,
    *,
    title: str,
    problems: Sequence[Problem] = (),
    status: int = 200,
    leads_to: str | None = None,
    **values: object,
) -> HTMLResponse:
    """A page made of ``templates/<template>``, which extends base.html and gets ``title``, ``problems`` and ``values``.

    ``leads_to`` is the one foreign origin that the page's form may be redirected to: browsers hold redirects to form-action too.
    """
    page = _TEMPLATES.get_template(template).render(title=title, problems=problems, **values)
    actions = "'self'" if leads_to is None else f"'self' {leads_to}"
    policy = (
        f"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action {actions}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    # Everything else (no-store, no-referrer, nosniff) is in security_headers.
    return HTMLResponse(page, status_code=status, headers={"content-security-policy": policy})


def message_page(title: str, message: str, *, status: int = 400) -> HTMLResponse:
    """A page that only says something, such as an error that must not redirect."""
    return render("message.html", title=title, message=message, status=status)
