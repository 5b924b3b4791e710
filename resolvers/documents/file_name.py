"""The name under which a document is downloaded."""

import unicodedata

from resolvers.documents.file_kind import FileKind

MAX_CHARACTERS = 120


def file_name(given: str | None, kind: FileKind) -> str:
    """The name that the sender gave, without folders and characters that deceive, with the extension of what the file is.

    ``invoice.exe`` that is text becomes ``invoice.exe.txt``.
    """
    last = (given or "").replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    # Controls, and what turns the direction of writing: "ann<RLO>fdp.exe" would read as "annexe.pdf".
    plain = "".join(character for character in unicodedata.normalize("NFC", last) if unicodedata.category(character)[0] != "C")
    stem = plain.strip(" .")
    if stem.lower().endswith(kind.extension):
        stem = stem[: -len(kind.extension)]
    return (stem[:MAX_CHARACTERS].strip(" .") or "document") + kind.extension
