"""Multipart bodies that arrive in any pieces, and senders who fall silent."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohms_graphql.documents.multipart import Part, Parts
from ohms_graphql.graphql_request import UnreadableRequest
from tests.ohms_graphql.documents.multipart_body import BOUNDARY, body, content_type, part

NASTY = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b"--", b"-", f"--{BOUNDARY}"[:9].encode(), BOUNDARY.encode(), b"\x00", b"x" * 70])
    | st.binary(max_size=20),
    max_size=12,
).map(b"".join)


async def _pieces(content: bytes, cuts: list[int]) -> AsyncIterator[bytes]:
    places = [0, *sorted(cut % (len(content) + 1) for cut in cuts), len(content)]
    for begin, end in pairwise(places):
        yield content[begin:end]


async def _read(content: bytes, cuts: list[int]) -> list[tuple[Part, bytes]]:
    parts = Parts(content_type()["content-type"], _pieces(content, cuts))
    found = []
    while (head := await parts.next()) is not None:
        found.append((head, b"".join([piece async for piece in parts.data()])))
    return found


@settings(max_examples=50)
@given(NASTY, NASTY, st.lists(st.integers(0, 2000), max_size=40))
def test_any_content_in_any_pieces_is_what_was_sent(first: bytes, second: bytes, cuts: list[int]) -> None:
    sent = [value for value in (first, second) if f"\r\n--{BOUNDARY}".encode() not in b"\r\n" + value]
    content = body(*(part(f"ä{number}", value, f"ö{number}") for number, value in enumerate(sent)))
    found = asyncio.run(_read(content, cuts))
    assert found == [(Part(f"ä{number}", f"ö{number}"), value) for number, value in enumerate(sent)]


@settings(max_examples=50)
@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=9))
def test_anything_else_is_refused_and_no_fault(content: bytes, cuts: list[int]) -> None:
    with pytest.raises(UnreadableRequest):
        asyncio.run(_read(content, cuts))


async def test_who_falls_silent_is_cut_off() -> None:
    never = asyncio.Event()

    async def silent() -> AsyncIterator[bytes]:
        yield part("operations", b"{")
        await never.wait()

    parts = Parts(content_type()["content-type"], silent(), silence_seconds=0.05)
    assert await parts.next() == Part("operations", None)
    with pytest.raises(UnreadableRequest) as refusal:
        _ = [piece async for piece in parts.data()]
    assert refusal.value.status == 408
