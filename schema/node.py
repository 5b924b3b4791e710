"""Global ids and the Node interface."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, TypeVar, cast

import strawberry

from resolvers.errors import BadInput, ExpectedError
from schema.authorization import auth
from schema.rights import EVERYBODY

_URL_SAFE = bytes.maketrans(b"+/", b"-_")

Id = Annotated[strawberry.ID, strawberry.argument(description="A global id.")]


@strawberry.interface(description="Anything with a global id.", directives=[auth(*EVERYBODY)])
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque, and unique over all types.")


def global_id(type_name: str, document_id: str) -> strawberry.ID:
    """The id that callers see: base64url (RFC 4648, 5) without padding."""
    encoded = binascii.b2a_base64(f"{type_name}:{document_id}".encode(), newline=False)
    return cast("strawberry.ID", encoded.translate(_URL_SAFE).rstrip(b"=").decode())


def global_ids(type_name: str, document_ids: Sequence[str]) -> list[strawberry.ID]:
    """``global_id`` of each, in three fifths of the time where they are of one length, as ours are: all are encoded as one text,
    each filled up to a multiple of three bytes, which is where base64 begins anew."""
    prefix = f"{type_name}:"
    lengths = set(map(len, document_ids))
    size = len(prefix) + lengths.pop() if len(lengths) == 1 else 0
    gap = "\0" * (-size % 3)
    text = f"{prefix}{f'{gap}{prefix}'.join(document_ids)}{gap}"
    if not size or not text.isascii():
        return [global_id(type_name, document_id) for document_id in document_ids]
    encoded = binascii.b2a_base64(text.encode(), newline=False).translate(_URL_SAFE).decode()
    shown, step = -(-size * 4 // 3), (size + len(gap)) // 3 * 4
    return cast("list[strawberry.ID]", [encoded[start : start + shown] for start in range(0, len(encoded), step)])


def read_global_id(value: str, path: list[str]) -> tuple[str, str]:
    """Type name and document id. Raises BadInput for anything that OHMS did not make."""
    try:
        text = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode("ascii")
    except (ValueError, binascii.Error):
        text = ""
    type_name, colon, document_id = text.partition(":")
    if not colon or not type_name.isalpha() or not document_id.isalnum():
        raise BadInput(f"{'.'.join(path)} is not an id of OHMS.", path)
    return type_name, document_id


def id_of(type_name: str, value: str | None, path: list[str]) -> str | None:
    """The document id behind the id of a given type. Raises BadInput for an id of another type."""
    if value is None:
        return None
    found, document_id = read_global_id(value, path)
    if found != type_name:
        raise BadInput(f"{'.'.join(path)} is an id of type {found}, not {type_name}.", path)
    return document_id


T = TypeVar("T")


def existing(found: T | None) -> T:
    """What a document refers to. Whoever sees the document sees it too; raises ExpectedError when it is gone."""
    if found is None:
        raise ExpectedError("What this refers to is no longer there.", "DANGLING_REFERENCE")
    return found
