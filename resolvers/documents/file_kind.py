"""What a file is, by its content. What its sender calls it is not believed.

Only kinds that a clinic keeps, and of those only what begins as its format says at the first byte: a file that is two things at
once is neither. What else it was is named with the signatures of puremagic.
"""

import codecs
import re
from dataclasses import dataclass

import puremagic

HEAD_BYTES = 4096
"""How much of the beginning decides."""

_CDA_NAMESPACE = "urn:hl7-org:v3"


@dataclass(frozen=True, slots=True)
class FileKind:
    """``media_type`` is how it is kept and sent; ``extension`` what its name ends with, whatever it was."""

    media_type: str
    extension: str
    is_text: bool = False


PDF = FileKind("application/pdf", ".pdf")
JPEG = FileKind("image/jpeg", ".jpg")
PNG = FileKind("image/png", ".png")
TIFF = FileKind("image/tiff", ".tiff")
DICOM = FileKind("application/dicom", ".dcm")
PLAIN_TEXT = FileKind("text/plain", ".txt", is_text=True)
CDA = FileKind("application/xml", ".xml", is_text=True)
FHIR_JSON = FileKind("application/fhir+json", ".json", is_text=True)

ALLOWED = "PDF, JPEG, PNG, TIFF, DICOM, plain text, CDA (XML) and FHIR (JSON)"

_SIGNATURES = (
    (0, b"%PDF-", PDF),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"II*\0", TIFF),
    (0, b"MM\0*", TIFF),
    (128, b"DICM", DICOM),
)
_NOT_PLAIN = {"#!": "a script", "{\\rtf": "RTF", "%!PS": "PostScript", "<?php": "a script"}
# Possessive, so that a file cannot keep it busy by what might end in many places.
_ROOT = re.compile(
    r"(?:(?><\?.*?\?>)|(?><!--.*?-->)|\s)*+<(?:[\w.-]++:)?(?P<name>[\w.-]++)(?P<attributes>[^>]*+)>",
    re.DOTALL,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class UnknownKind(Exception):
    """``found`` names what it seems to be instead."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


class TextCheck:
    """Text is UTF-8 without control characters, to its very end."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, piece: bytes, *, last: bool = False) -> str:
        """Raises UnknownKind for what is no text."""
        try:
            text = self._decoder.decode(piece, last)
        except UnicodeDecodeError:
            raise UnknownKind("something else than text in UTF-8") from None
        if _CONTROLS.search(text):
            raise UnknownKind("something else than text")
        return text


def kind_of(head: bytes) -> FileKind:
    """The kind of a file whose first 4096 bytes (or all) are ``head``. Raises UnknownKind for one that is not taken.

    Text is text only once a TextCheck has seen all of it.
    """
    for offset, signature, kind in _SIGNATURES:
        if head.startswith(signature, offset):
            return kind
    try:
        text = TextCheck().feed(head)
    except UnknownKind as unknown:
        raise UnknownKind(_named(head) or unknown.found) from None
    return _kind_of_text(text.removeprefix("\ufeff").lstrip(), head)


def _kind_of_text(text: str, head: bytes) -> FileKind:
    for beginning, found in _NOT_PLAIN.items():
        if text.startswith(beginning):
            raise UnknownKind(found)
    if text.startswith("<"):
        root = _ROOT.match(text)
        if root and root["name"] == "ClinicalDocument" and _CDA_NAMESPACE in root["attributes"]:
            return CDA
        raise UnknownKind(_named(head.removeprefix(codecs.BOM_UTF8).lstrip()) or "HTML or XML that is no CDA document")
    if text.startswith("{") and '"resourceType"' in text:
        return FHIR_JSON
    return PLAIN_TEXT


def _named(head: bytes) -> str | None:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    names = [match.name for match in matches if match.name]
    return names[0] if names else None
