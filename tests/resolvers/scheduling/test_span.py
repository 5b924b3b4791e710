"""Spans of time, beside the minutes that are in them."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from resolvers.scheduling.span import Span, joined
from tests.resolvers.scheduling.oracle import MINUTE, utc

BEGIN = utc(2026, 3, 9)
spans = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(
    lambda pair: Span(BEGIN + pair[0] * MINUTE, BEGIN + (pair[0] + pair[1]) * MINUTE)
)


def minutes(span: Span) -> set[int]:
    return set(range((span.start - BEGIN) // MINUTE, (span.end - BEGIN) // MINUTE))


@given(spans, spans)
def test_overlapping_is_having_a_minute_in_common(one: Span, other: Span) -> None:
    assert one.overlaps(other) == other.overlaps(one) == bool(minutes(one) & minutes(other))
    assert one.contains(other) == (minutes(other) <= minutes(one))


@given(spans)
def test_back_to_back_is_no_conflict(span: Span) -> None:
    assert not span.overlaps(Span(span.end, span.end + MINUTE))
    assert not span.overlaps(Span(span.start - MINUTE, span.start))


@given(spans, st.integers(0, 30), st.integers(0, 30))
def test_padding_adds_at_both_ends(span: Span, before: int, after: int) -> None:
    padded = span.padded(before * MINUTE, after * MINUTE)
    assert padded.contains(span)
    assert padded.end - padded.start == span.end - span.start + timedelta(minutes=before + after)


@given(st.lists(spans, max_size=12))
def test_joined_is_the_same_time_in_fewer_periods(given_spans: list[Span]) -> None:
    merged = joined((span.start, span.end) for span in given_spans)
    assert set().union(*(minutes(Span(*each)) for each in merged)) == set().union(*map(minutes, given_spans))
    assert all(one[1] < other[0] for one, other in pairwise(merged))
    assert joined(reversed(merged)) == merged
