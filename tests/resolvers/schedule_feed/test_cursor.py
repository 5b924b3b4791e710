"""Cursors: what we made is read, anything else is not, and nothing raises."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from resolvers.schedule_feed.cursor import decode_positions, encode_positions


@given(st.dictionaries(st.text(max_size=30), st.integers(0, 2**53), max_size=50))
def test_what_was_written_is_read(positions: dict[str, int]) -> None:
    assert decode_positions(encode_positions(positions)) == positions


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_anything_else_is_unknown(text: str) -> None:
    read = decode_positions(text)
    assert read is None or all(isinstance(number, int) and number >= 0 for number in read.values())
