"""Multipart bodies made by hand, as a client that we did not write would send them."""

import json
from typing import Any

BOUNDARY = "----a boundary that occurs nowhere"
UPLOAD = """mutation ($input: UploadDocumentInput!) {
  uploadDocument(input: $input) {
    id document { id title contentType fileName fileSize downloadUrl } errors { code path message }
  }
}"""
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    named = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
    kind = "Content-Type: text/html\r\n" if file_name is not None else ""  # a lie, which nobody believes
    return f"--{BOUNDARY}\r\nContent-Disposition: {named}\r\n{kind}\r\n".encode() + content + b"\r\n"


def body(*parts: bytes, end: bytes = f"--{BOUNDARY}--\r\n".encode()) -> bytes:
    return b"".join(parts) + end


def operations(query: str = UPLOAD, **given: Any) -> bytes:
    """``given`` is the input besides the file."""
    return json.dumps({"query": query, "variables": {"input": {**given, "file": None}}}).encode()


MAP = json.dumps({"0": ["variables.input.file"]}).encode()


def upload(content: bytes, file_name: str = "scan.pdf", query: str = UPLOAD, **given: Any) -> bytes:
    return body(part("operations", operations(query, **given)), part("map", MAP), part("0", content, file_name))


def content_type() -> dict[str, str]:
    return {"content-type": f'multipart/form-data; boundary="{BOUNDARY}"'}
