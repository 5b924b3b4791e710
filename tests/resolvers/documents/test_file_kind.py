"""What a file is, whatever it is called."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.clinical_codes.systems import is_loinc
from resolvers.documents.file_kind import (
    CDA,
    DICOM,
    FHIR_JSON,
    HEAD_BYTES,
    JPEG,
    PDF,
    PLAIN_TEXT,
    PNG,
    TIFF,
    FileKind,
    UnknownKind,
    kind_of,
)
from resolvers.documents.file_name import MAX_CHARACTERS, file_name

TAKEN: list[tuple[bytes, FileKind]] = [
    (b"%PDF-1.4\n", PDF),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", JPEG),
    (b"\x89PNG\r\n\x1a\n\x00", PNG),
    (b"II*\x00\x08\x00", TIFF),
    (b"MM\x00*\x00\x00", TIFF),
    (b"\x00" * 128 + b"DICM\x02", DICOM),
    ("Liebe Kollegin, Frau Müller\tgeht es gut.\r\n".encode(), PLAIN_TEXT),
    (("ä" * HEAD_BYTES).encode()[: HEAD_BYTES - 1], PLAIN_TEXT),  # cut within a letter
    (b"MSH|^~\\&|LAB|", PLAIN_TEXT),
    (b'{"resourceType": "Bundle"}', FHIR_JSON),
    (b'{"other": 1}', PLAIN_TEXT),
    (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a --><ClinicalDocument xmlns="urn:hl7-org:v3">', CDA),
]
REFUSED = [
    b"<!DOCTYPE html>",
    b"  <HTML><script>alert(1)</script>",
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><ClinicalDocument xmlns='urn:hl7-org:v3'>",
    b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><!-- urn:hl7-org:v3 ClinicalDocument --></html>",
    b"<ClinicalDocument>",
    b"#!/bin/sh\nrm -rf /",
    b"<?php phpinfo();",
    b"{\\rtf1 hello}",
    b"MZ\x90\x00\x03\x00\x00\x00",
    b"\x7fELF\x02\x01\x01\x00",
    b"PK\x03\x04\x14\x00\x06\x00",
    b"\x1f\x8b\x08\x00\x00",
    b"7z\xbc\xaf\x27\x1c\x00",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"GIF89a\x01\x00\x01\x00",
    b"junk before %PDF-1.4 \x00",
    b"\xfe\xff\x00D\x00e",
    b"\x91\x02\x99\x81",
]


def test_by_its_content() -> None:
    for head, kind in TAKEN:
        assert kind_of(head) is kind, head
    for head in REFUSED:
        with pytest.raises(UnknownKind) as refusal:
            kind_of(head)
        assert refusal.value.found, head


@settings(max_examples=50)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_is_a_kind_or_refused_with_a_name(head: bytes) -> None:
    try:
        named = kind_of(head).extension
    except UnknownKind as refusal:
        named = refusal.found
    assert named


def test_comments_without_end_do_not_keep_it_busy() -> None:
    began = time.perf_counter()
    for head in (b"<!---->" * 600, b"<?a?>" * 800, b"<!--" * 1000, b"< " * 2000):
        with pytest.raises(UnknownKind):
            kind_of(head[:HEAD_BYTES])
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, "document.pdf"),
        ("", "document.pdf"),
        ("Scan.PDF", "Scan.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ann\\bill.exe", "bill.exe.pdf"),
        ("ann\u202efdp.exe", "annfdp.exe.pdf"),
        ("a\r\nSet-Cookie: b\x00.pdf", "aSet-Cookie: b.pdf"),
        ("...", "document.pdf"),
        ("x" * 500, "x" * MAX_CHARACTERS + ".pdf"),
    ],
)
def test_a_name_does_not_deceive(given: str | None, shown: str) -> None:
    assert file_name(given, PDF) == shown


def test_loinc_check_digits() -> None:
    assert all(map(is_loinc, ["34133-9", "64290-0", "11506-3", "4548-4", "718-7"]))
    assert not any(map(is_loinc, ["34133-8", "34133", "-9", "", "34133-", "LP34133-9", "341339", "٣-4", "123456789-1"]))
