"""Links by MedlinePlus Connect's documented request form: a code, and never a word."""

from urllib.parse import parse_qs, urlsplit

import pytest

from models.values import Coding
from resolvers.clinical_codes.systems import ICD_10_CM, LOINC, RXNORM, SNOMED_CT
from resolvers.medlineplus import connect_url

OIDS = {
    ICD_10_CM: "2.16.840.1.113883.6.90",
    SNOMED_CT: "2.16.840.1.113883.6.96",
    RXNORM: "2.16.840.1.113883.6.88",
    LOINC: "2.16.840.1.113883.6.1",
}


@pytest.mark.parametrize(("system", "code"), [(ICD_10_CM, "E11.9"), (SNOMED_CT, "44054006"), (RXNORM, "723"), (LOINC, "4548-4")])
def test_a_code_is_asked_for_by_its_system(system: str, code: str) -> None:
    url = urlsplit(connect_url([Coding(system=system, code=code, display="What the clinic calls it")], "es-MX") or "")
    assert (url.scheme, url.hostname, url.path) == ("https", "connect.medlineplus.gov", "/application")
    assert parse_qs(url.query) == {
        "mainSearchCriteria.v.cs": [OIDS[system]],
        "mainSearchCriteria.v.c": [code],
        "informationRecipient.languageCode.c": ["es"],
    }


def test_english_is_for_all_others_and_problems_are_asked_for_by_icd_first() -> None:
    url = connect_url([Coding(system=SNOMED_CT, code="44054006"), Coding(system=ICD_10_CM, code="E11.9")], "fr")
    assert url is not None
    assert "E11.9" in url
    assert url.endswith("languageCode.c=en")


@pytest.mark.parametrize(
    "codings", [[], [Coding(system="http://nowhere.example", code="1")], [Coding(system=SNOMED_CT, code="Miller, Jane")]]
)
def test_what_is_no_code_has_no_link(codings: list[Coding]) -> None:
    assert connect_url(codings, None) is None
