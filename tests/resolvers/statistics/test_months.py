"""Which spans statistics are told of."""

from datetime import UTC, date, datetime

import pytest

from resolvers.errors import BadInput
from resolvers.statistics.months import whole_months

NOW = datetime(2026, 3, 1, 2, tzinfo=UTC)  # still February in New York


def test_months_are_those_of_the_clinics_zone() -> None:
    months = whole_months(date(2025, 12, 1), date(2026, 2, 1), "America/New_York", NOW)
    assert months.names == ["2025-12", "2026-01"]
    assert months.start == datetime(2025, 12, 1, 5, tzinfo=UTC)
    assert months.end == datetime(2026, 2, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("from_", "to", "path", "words"),
    [
        (date(2026, 1, 2), date(2026, 2, 1), "from", "whole months"),
        (date(2026, 1, 1), date(2026, 1, 15), "to", "whole months"),
        (date(2026, 1, 1), date(2026, 1, 1), "to", "0 months"),
        (date(2026, 2, 1), date(2026, 1, 1), "to", "-1 months"),
        (date(2020, 1, 1), date(2026, 1, 1), "to", "72 months"),
        (date(2026, 2, 1), date(2026, 3, 1), "to", "over"),
    ],
)
def test_other_spans_are_refused_by_name_value_and_rule(from_: date, to: date, path: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        whole_months(from_, to, "America/New_York", NOW)
    assert refused.value.details == {"path": [path]}


def test_a_month_is_over_when_it_is_over_in_the_clinic() -> None:
    assert whole_months(date(2026, 2, 1), date(2026, 3, 1), "UTC", NOW).names == ["2026-02"]
