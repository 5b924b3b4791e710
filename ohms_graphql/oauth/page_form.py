"""What every page with a form needs: the cookie that names the browser, and the token that binds the form to it."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from ohms_graphql.pages.cookies import BrowserCookie
from ohms_graphql.pages.csrf import FIELD, FormGuard


class PageForm:
    def __init__(self, request: Request, cookie: BrowserCookie, guard: FormGuard) -> None:
        self._request = request
        self._cookie = cookie
        self._guard = guard
        self._known = cookie.read(request)
        self.value = self._known or cookie.fresh()

    @property
    def token(self) -> str:
        """Of the form's field ``csrf_token``."""
        return self._guard.token(self.value)

    async def read(self) -> FormData:
        """The posted form. Raises ForeignForm for one that is not of a page of ours in this browser."""
        form = await self._request.form(max_files=0, max_fields=20)
        self._guard.check(self._request, self._known, form.get(FIELD))
        return form

    def answer(self, response: Response) -> Response:
        """``response`` with the cookie, where the browser had none."""
        if self._known is None:
            self._cookie.set(response, self.value)
        return response
