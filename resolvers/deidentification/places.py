"""States and three-digit postal areas in place of addresses (45 CFR 164.514(b)(2)(i)(B))."""

import re

from models.values import Address

FEW_PEOPLE = frozenset(
    ["036", "059", "063", "102", "203", "556", "692", "790", "821", "823", "830", "831", "878", "879", "884", "890", "893"]
)
"""Areas of 20,000 people or fewer by the 2000 census: HHS, Guidance Regarding Methods for De-identification, 26 November 2012."""

_UNITED_STATES = frozenset(["US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"])
_STATES = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "DC",
        "PR",
        "GU",
        "VI",
        "AS",
        "MP",
    ]
)
_ZIP = re.compile(r"\d{5}(-?\d{4})?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def area_of(address: Address | None) -> Address | None:
    """State and postal area in the United States, the country alone elsewhere. Words that are none of these are left out."""
    if address is None:
        return None
    country = (address.country or "").strip().upper()
    if country not in _UNITED_STATES:
        return _area(None, None, country if _COUNTRY.fullmatch(country) else None)
    state = (address.state or "").strip().upper()
    return _area(state if state in _STATES else None, _postal_area(address.postal_code), "US")


def _postal_area(postal_code: str | None) -> str | None:
    code = (postal_code or "").strip()
    if not _ZIP.fullmatch(code):
        return None
    return "000" if code[:3] in FEW_PEOPLE else code[:3]


def _area(state: str | None, postal_area: str | None, country: str | None) -> Address:
    return Address.model_construct(lines=[], city=None, state=state, postal_code=postal_area, country=country)
