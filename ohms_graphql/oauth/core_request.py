"""A Starlette request, read already, in the shape of Authlib's core."""

from collections import defaultdict
from collections.abc import Mapping

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request
from starlette.datastructures import FormData, QueryParams

from ohms_graphql.oauth.clients import Client


class _Payload(OAuth2Payload):
    def __init__(self, values: QueryParams | Mapping[str, list[str]]) -> None:
        pairs = values.multi_items() if isinstance(values, QueryParams) else [(k, v) for k, all_ in values.items() for v in all_]
        self._lists: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self._lists[name].append(value)

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._lists.items()}

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return self._lists


class CoreRequest(OAuth2Request):
    """``query`` for the authorization endpoint, ``form`` for the others.

    The address is given as https: that transport is secure is for the proxy and `OHMS_PUBLIC_URL` to see to, not for Authlib.
    """

    client: Client

    def __init__(
        self, method: str, path: str, headers: Mapping[str, str], query: QueryParams | None = None, form: FormData | None = None
    ) -> None:
        titled = {name.title(): value for name, value in headers.items()}
        super().__init__(method, f"https://ohms{path}", headers=titled)
        given = form.multi_items() if form is not None else []
        texts: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in given:
            if isinstance(value, str):
                texts[name].append(value)
        self._form = {name: values[0] for name, values in texts.items()}
        self._query = query or QueryParams()
        self.payload = _Payload(texts if form is not None else self._query)

    @property
    def args(self) -> dict[str, str]:
        return dict(self._query)

    @property
    def form(self) -> dict[str, str]:
        return self._form
