"""The benefit rows of an X12 271: sorted into facts, checked, and made into rows. Nothing that is unsound or contradicts gets in.

A fact is one number for one service type, in one network, at one level (a person's or a family's).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from models.coverage import BenefitRow, Benefits, Network
from models.money import Money

GENERAL = "30"
ACTIVE = frozenset({"1", "2", "3", "4", "5"})
INACTIVE = frozenset({"6", "7", "8"})

_NOT_COVERED = "I"
_NETWORKS = {"Y": Network.IN, "N": Network.OUT, "W": Network.ANY, None: Network.ANY}
_LEVELS = ("IND", None, "FAM")
"""The better one first. Levels of others (a spouse's, the children's) are left out."""

_WHOLE = frozenset({"23", None})
_REMAINING = "29"
_OF_A_VISIT = frozenset({"27", None})
_LIMITS = {"C": ("deductible", "deductible_remaining"), "G": ("out_of_pocket_maximum", "out_of_pocket_remaining")}
_GROUPS = (*_LIMITS.values(), ("copay",), ("coinsurance_percent",))

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?|\.[0-9]{1,6}")
_SERVICE_TYPE = re.compile(r"[A-Z0-9]{1,3}")
_MOST_ROWS = 500

Value = Money | Decimal
Level = str | None
Key = tuple[str, Network]


class Unsound(Exception):
    """Something that no payer can mean."""


class BenefitFacts:
    """``unsound`` once something was left out."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._facts: dict[Key, dict[Level, dict[str, set[Value]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
        self._covered: dict[Key, set[bool]] = defaultdict(set)
        self.unsound = False

    def add(self, entry: Any) -> None:
        """One of ``benefitsInformation``."""
        try:
            self._add(entry)
        except Unsound:
            self.unsound = True

    def _add(self, entry: Any) -> None:
        if not isinstance(entry, dict) or not isinstance(entry.get("code"), str):
            raise Unsound
        code = entry["code"]
        if code in ACTIVE | INACTIVE | {_NOT_COVERED}:
            for key in self._keys(entry):
                self._covered[key].add(code in ACTIVE)
        level = _text(entry, "coverageLevelCode")
        fact = self._fact(code, entry)
        if fact is not None and level in _LEVELS:
            name, value = fact
            for key in self._keys(entry):
                self._facts[key][level][name].add(value)

    def _keys(self, entry: dict[str, Any]) -> list[Key]:
        indicator = _text(entry, "inPlanNetworkIndicatorCode")
        if indicator == "U":
            return []  # the payer does not know where it holds
        if indicator not in _NETWORKS:
            raise Unsound
        keys = [(service_type, _NETWORKS[indicator]) for service_type in service_types(entry)]
        if len(self._facts.keys() | self._covered.keys() | set(keys)) > _MOST_ROWS:
            raise Unsound
        return keys

    def _fact(self, code: str, entry: dict[str, Any]) -> tuple[str, Value] | None:
        time = _text(entry, "timeQualifierCode")
        if code == "A":
            return "coinsurance_percent", _percent(entry)
        if code == "B" and time in _OF_A_VISIT:
            return "copay", self._amount(entry)
        if code in _LIMITS and time in _WHOLE:
            return _LIMITS[code][0], self._amount(entry)
        if code in _LIMITS and time == _REMAINING:
            return _LIMITS[code][1], self._amount(entry)
        return None

    def _amount(self, entry: dict[str, Any]) -> Money:
        try:
            return Money.from_decimal(_number(entry, "benefitAmount"), self._currency)
        except ValueError:
            raise Unsound from None

    def rows(self) -> list[BenefitRow]:
        keys = sorted(self._facts.keys() | self._covered.keys())
        return [row for key in keys if (row := self._row(key)).covered is not None or row.benefits != Benefits()]

    def _row(self, key: Key) -> BenefitRow:
        covered = self._one(self._covered[key])
        chosen: dict[str, Any] = {}
        for names in _GROUPS:
            chosen.update(self._chosen(self._facts[key], names))
        return BenefitRow(service_type=key[0], network=key[1], covered=covered, benefits=Benefits(**chosen))

    def _chosen(self, levels: dict[Level, dict[str, set[Value]]], names: tuple[str, ...]) -> dict[str, Any]:
        """The numbers that belong together, of the best level that has any: a family's rest says nothing of a person's limit."""
        for level in _LEVELS:
            said = {name: levels[level][name] for name in names if level in levels and name in levels[level]}
            if said:
                found = {name: self._one(values) for name, values in said.items()}
                return found if self._fits(found, names) else dict.fromkeys(names)
        return {}

    def _one(self, values: set[Any]) -> Any:
        """Several different ones are for cases that we cannot tell apart: none of them is known to hold."""
        if len(values) > 1:
            self.unsound = True
        return next(iter(values)) if len(values) == 1 else None

    def _fits(self, found: dict[str, Any], names: tuple[str, ...]) -> bool:
        if None in found.values():
            return False
        limit, left = found.get(names[0]), found.get(names[-1])
        if isinstance(limit, Money) and isinstance(left, Money) and left.minor_units > limit.minor_units:
            self.unsound = True
            return False
        return True


def service_types(entry: dict[str, Any]) -> Iterator[str]:
    """None given means the plan as a whole. Raises Unsound."""
    given = entry.get("serviceTypeCodes") or [GENERAL]
    if not isinstance(given, list):
        raise Unsound
    for code in given:
        if not isinstance(code, str) or not _SERVICE_TYPE.fullmatch(code):
            raise Unsound
        yield code


def _text(entry: dict[str, Any], name: str) -> str | None:
    value = entry.get(name)
    if value is None or isinstance(value, str):
        return value or None
    raise Unsound


def _percent(entry: dict[str, Any]) -> Decimal:
    share = _number(entry, "benefitPercent")
    percent = share * 100
    if percent > 100 or percent != round(percent, 2):
        raise Unsound
    # Without zeros at the end, and never as 2E+1.
    return percent.quantize(Decimal(1)) if percent == percent.to_integral_value() else percent.normalize()


def _number(entry: dict[str, Any], name: str) -> Decimal:
    value = entry.get(name)
    text = str(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else ""
    if not _NUMBER.fullmatch(text):
        raise Unsound
    return Decimal(text)
