"""Finding the files of an import, and reading the entries in them."""

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

from ohms_graphql.errors import OhmsError
from ohms_graphql.fhir.report import Place

ENDINGS = (".json", ".json.gz", ".ndjson", ".ndjson.gz")

MAX_BYTES = 1 << 30
"""Of one file, uncompressed: a small gzip file can unfold to any size. It is read whole, except `.ndjson`, read by lines."""

_COULD_NOT_READ = "cannot be read"


_Found = tuple[Place, Any, str | None, str | None]
"""Place, content, address of the entry, and why it is broken."""

_Sized = tuple[int, list[_Found]]
"""The entries of one JSON text, and how many bytes it had."""


class BrokenFile(Exception):
    """A file, or the rest of it, cannot be read. Its text says why, without the file's name and without its content."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """``label`` is how messages name it: the path as it was given."""

    path: Path
    label: str

    @property
    def by_lines(self) -> bool:
        return self.label.lower().endswith((".ndjson", ".ndjson.gz"))


@dataclass(frozen=True, slots=True)
class Found:
    files: list[SourceFile]
    ignored: int


class Entry(NamedTuple):
    """One resource as it came, or ``broken``: why it is none. ``ordinal`` counts all entries of the file from 0.

    ``size`` is in bytes of text; those of one bundle share alike.
    """

    place: Place
    ordinal: int
    content: Any
    full_url: str | None = None
    broken: str | None = None
    size: int = 0


def find_files(paths: list[Path]) -> Found:
    """Files as named, folders with all below them in order of name; every file once.

    Raises OhmsError for a path that does not exist, or a file named outright that is no bundle by its name.
    """
    found: dict[Path, SourceFile] = {}
    ignored = 0
    for path in paths:
        if not path.exists():
            raise OhmsError(f"{path} does not exist.")
        if not path.is_dir() and not _is_importable(path):
            raise OhmsError(f"{path} is none of {', '.join(ENDINGS)}.")
        for file in _below(path):
            if _is_importable(file):
                found.setdefault(file.resolve(), SourceFile(file, str(file)))
            else:
                ignored += 1
    return Found(list(found.values()), ignored)


def _below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names))


def _is_importable(path: Path) -> bool:
    return path.name.lower().endswith(ENDINGS)


def read_entries(file: SourceFile) -> Iterator[Entry]:
    """The resources of a file: of its bundle, of each of its lines, or the one it is.

    Raises BrokenFile, at once or after some entries, when no more can be read.
    """
    try:
        with _opened(file) as stream:
            ordinal = 0
            for size, found in _lines(stream, file) if file.by_lines else _whole(stream, file):
                for place, content, full_url, broken in found:
                    yield Entry(place, ordinal, content, full_url, broken, size // len(found))
                    ordinal += 1
    except RecursionError:  # bundles within bundles
        raise BrokenFile("not FHIR: nested too deeply") from None
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise BrokenFile("damaged gzip data") from None
    except OSError as error:
        raise BrokenFile(f"{_COULD_NOT_READ}: {error.strerror or type(error).__name__}") from None


def _opened(file: SourceFile) -> IO[bytes]:
    return gzip.open(file.path) if file.label.lower().endswith(".gz") else file.path.open("rb")  # type: ignore[return-value]


def _whole(stream: IO[bytes], file: SourceFile) -> Iterator[_Sized]:
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BrokenFile(f"more than {MAX_BYTES >> 20} MiB uncompressed")
    content = _parsed(data)
    if not isinstance(content, dict) or "resourceType" not in content:
        raise BrokenFile("not FHIR: a resource with a resourceType expected")
    yield len(data), list(_unfolded(content, Place(file.label, ""), None))


def _lines(stream: IO[bytes], file: SourceFile) -> Iterator[_Sized]:
    number = size = 0
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        size += len(line)
        if size > MAX_BYTES and file.label.lower().endswith(".gz"):
            raise BrokenFile(f"more than {MAX_BYTES >> 20} MiB uncompressed")
        if line.strip():
            yield len(line), _line(line, Place(file.label, f"line {number}"))


def _line(line: bytes, place: Place) -> list[_Found]:
    try:
        content = _parsed(line.rstrip(), by_line=True)
    except BrokenFile as error:
        return [(place, None, None, str(error))]
    return list(_unfolded(content, place, None))


def _unfolded(content: Any, place: Place, full_url: str | None) -> Iterator[_Found]:
    """A bundle as its entries, also when it stands in another; anything else as itself."""
    if not isinstance(content, dict) or content.get("resourceType") != "Bundle":
        yield place if place.spot else Place(place.file, "entry 1"), content, full_url, None
        return
    entries = content.get("entry", [])
    if not isinstance(entries, list):
        yield place, None, None, "Bundle.entry: a list expected"
        return
    for number, entry in enumerate(entries, 1):
        inside = Place(place.file, f"{place.spot} entry {number}".strip())
        if not isinstance(entry, dict) or not isinstance(entry.get("resource"), dict):
            yield inside, None, None, "resource: required"
            continue
        url = entry.get("fullUrl")
        yield from _unfolded(entry["resource"], inside, url if isinstance(url, str) else None)


def _parsed(data: bytes, *, by_line: bool = False) -> Any:
    """Decimals keep their digits. Raises BrokenFile with line and column."""
    try:
        return json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_such_number)
    except UnicodeDecodeError as error:
        raise BrokenFile(f"not UTF-8 text: byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        line = "" if by_line else f"line {error.lineno} "
        raise BrokenFile(f"not JSON: {line}column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise BrokenFile("not FHIR: nested too deeply") from None
    except (InvalidOperation, ValueError):
        raise BrokenFile("not FHIR: a number beyond what FHIR allows") from None


def _no_such_number(_name: str) -> NoReturn:
    raise ValueError
