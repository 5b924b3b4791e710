"""The clearing house is set up whole or not at all."""

import pytest

from ohms_graphql.eligibility.wiring import eligibility_of
from ohms_graphql.settings import SettingsError, load_settings
from tests.ohms_graphql.eligibility.questions import OWN

WHOLE = {
    "OHMS_ELIGIBILITY_URL": "https://house.example/eligibility/v3",
    "OHMS_ELIGIBILITY_KEY": "hunter2",
    "OHMS_CLINIC_NPI": "1234567893",
}
PRODUCTION = {"OHMS_ENVIRONMENT": "production", "OHMS_SECRET_KEY": "a key of our own, 32 bytes or more"}


def _problem(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as raised:
        load_settings(environ)
    assert "hunter2" not in str(raised.value)
    return str(raised.value)


def test_all_three_or_none() -> None:
    settings = load_settings(WHOLE)
    assert eligibility_of(settings).is_set_up
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in repr(vars(eligibility_of(settings)))
    assert not eligibility_of(load_settings({})).is_set_up
    for missing in WHOLE:
        assert "must be set together" in _problem({name: value for name, value in WHOLE.items() if name != missing})


@pytest.mark.parametrize("npi", ["1234567890", "123456789", "3234567893", "12345 7893", "١٢٣٤٥٦٧٨٩٣"])
def test_the_clinics_npi_has_its_check_digit(npi: str) -> None:
    assert "check digit" in _problem({**WHOLE, "OHMS_CLINIC_NPI": npi})


def test_it_is_reached_by_tls_outside_of_development() -> None:
    plain = {**WHOLE, "OHMS_ELIGIBILITY_URL": "http://127.0.0.1:8443/eligibility"}
    assert eligibility_of(load_settings(plain)).is_set_up
    for url, more in (("http://house.example", PRODUCTION), ("https://house.example/?key=1", {}), ("house.example", {})):
        assert "OHMS_ELIGIBILITY_URL=" in _problem({**WHOLE, **more, "OHMS_ELIGIBILITY_URL": url})


async def test_without_one_nobody_is_asked() -> None:
    found = await eligibility_of(load_settings({})).ask(OWN)
    assert (found.in_force, found.message) == (None, "No clearing house is set up.")
