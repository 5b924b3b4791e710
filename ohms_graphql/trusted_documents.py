"""The list of operations that a server runs when it is to run no others (``OHMS_TRUSTED_DOCUMENTS``).

A JSON file: an object of document texts by their SHA-256 (as Relay writes it), or Apollo's persisted query manifest. All of them
are looked at when the server starts, so that a list that does not fit this version is found then and not by its users.
"""

from pathlib import Path
from typing import Any

import orjson
import strawberry
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from ohms_graphql.document_names import TrustedDocuments, digest_of
from ohms_graphql.errors import OhmsError
from schema.document_cache import Pipeline

_APOLLO = "apollo-persisted-query-manifest"


def load_trusted_documents(path: Path, pipeline: Pipeline, schema: strawberry.Schema) -> TrustedDocuments:
    """Raises OhmsError, in one line, for the first document that is not as it should be."""
    try:
        texts = _texts(orjson.loads(path.read_bytes()))
        for digest, text in texts.items():
            _check(digest, text, pipeline, schema)
    except OSError as error:
        raise OhmsError(f"OHMS_TRUSTED_DOCUMENTS={path} cannot be read: {error.strerror}.") from None
    except orjson.JSONDecodeError as error:
        raise OhmsError(f"OHMS_TRUSTED_DOCUMENTS={path} is not JSON: line {error.lineno}, column {error.colno}.") from None
    except _Wrong as wrong:
        raise OhmsError(f"OHMS_TRUSTED_DOCUMENTS={path}: {wrong}") from None
    return TrustedDocuments(texts)


class _Wrong(Exception):
    pass


def _texts(manifest: Any) -> dict[str, str]:
    if isinstance(manifest, dict) and manifest.get("format") == _APOLLO:
        if manifest.get("version") != 1:
            raise _Wrong(f"version {manifest.get('version')!r} of Apollo's manifest is not known, only 1.")
        operations = manifest.get("operations")
        if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
            raise _Wrong("operations must be a list of objects with id and body.")
        pairs = [(each.get("id"), each.get("body")) for each in operations]
    elif isinstance(manifest, dict):
        pairs = list(manifest.items())
    else:
        raise _Wrong("must hold a JSON object of documents by their SHA-256, or Apollo's manifest.")
    texts: dict[str, str] = {}
    for digest, text in pairs:
        if not isinstance(digest, str) or not isinstance(text, str):
            raise _Wrong(f"{digest}: what stands under a hash must be the text of a document.")
        texts[digest.removeprefix("sha256:").lower()] = text
    return texts


def _check(digest: str, text: str, pipeline: Pipeline, schema: strawberry.Schema) -> None:
    if digest_of(text) != digest:
        raise _Wrong(f"{digest} is not the SHA-256 of its document, which is {digest_of(text)}.")
    errors = pipeline.check(schema, text)
    if errors:
        raise _Wrong(f"{digest}: {errors[0].message}")


def no_graphiql(_request: Request) -> PlainTextResponse:
    """In the place of GraphiQL, where nobody may write operations of their own."""
    return PlainTextResponse("This server runs only the operations of its list, so there is no GraphiQL here.\n", 404)
