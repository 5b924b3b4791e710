"""Which codes are taken, and what is told of those that are not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.values import CodeableConcept, Coding
from resolvers.clinical_codes.check_digits import mod_10, verhoeff_holds
from resolvers.clinical_codes.checking import check_concept
from resolvers.clinical_codes.systems import (
    CPT,
    CVX,
    HL7,
    ICD_10_CM,
    LOINC,
    NDC,
    NPI,
    RXNORM,
    SNOMED_CT,
    UCUM,
    UNII,
    is_icd_10_cm,
    is_loinc,
    is_snomed_ct,
    system_of,
)
from resolvers.clinical_codes.ucum import is_ucum
from resolvers.complaints import Complaints


@pytest.mark.parametrize(
    ("system", "good", "bad"),
    [
        (
            LOINC,
            ["4548-4", "2339-0", "85354-9", "34133-9", "8480-6"],
            ["4548-5", "4548", "4548-44", "x-1", "", "4548-4 "],
        ),
        (SNOMED_CT, ["44054006", "716186003", "195967001", "38341003"], ["44054007", "044054006", "123", "4405 4006", "4" * 19]),
        (ICD_10_CM, ["E11.9", "I10", "J45.909", "Z00.00", "C7A.1"], ["E119", "e11.9", "E11.", "E1", "E11.99999", "11.9"]),
        (RXNORM, ["723", "1049502"], ["0723", "7x3", "", "123456789"]),
        (CVX, ["03", "140"], ["1400", "a"]),
        (CPT, ["99213", "0001F", "0075T"], ["9921", "992133", "abcde"]),
        (NPI, ["1234567893"], ["1234567890", "123"]),
        (NDC, ["0071-0155-23", "00071015523"], ["71-15-2", "x"]),
        (UNII, ["R16CO5Y76E"], ["R16CO5Y76", "r16co5y76e"]),
        (UCUM, ["mg/dL"], ["mg per dL"]),
        (f"{HL7}observation-category", ["vital-signs"], ["", " vital"]),
    ],
)
def test_codes_have_the_shape_of_their_system(system: str, good: list[str], bad: list[str]) -> None:
    found = system_of(system)
    assert found is not None
    assert [code for code in good if not found.is_code(code)] == []
    assert [code for code in bad if found.is_code(code)] == []


@settings(max_examples=50)
@given(st.from_regex(r"[1-9][0-9]{4,12}", fullmatch=True), st.data())
def test_a_digit_that_is_wrong_or_two_that_are_swapped_are_found(digits: str, data: st.DataObject) -> None:
    """Verhoeff finds both always; mod 10 finds every wrong digit."""
    snomed = next(f"{digits}00{check}" for check in range(10) if verhoeff_holds(f"{digits}00{check}"))
    assert is_snomed_ct(snomed)
    place = data.draw(st.integers(0, len(snomed) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != snomed[place]]))
    assert not is_snomed_ct(snomed[:place] + other + snomed[place + 1 :])
    if place and snomed[place] != snomed[place - 1]:
        assert not verhoeff_holds(snomed[: place - 1] + snomed[place] + snomed[place - 1] + snomed[place + 1 :])
    number = digits[:7]
    assert is_loinc(f"{number}-{mod_10(number)}")
    assert not any(is_loinc(f"{number}-{check}") for check in range(10) if str(check) != mod_10(number))


UNITS = """mg/dL mmol/L 10*3/uL mm[Hg] /min {score} 1 % kg/m2 Cel [degF] ug/L{FEU} mL/min/{1.73_m2} U/L m[IU]/L [iU]/mL ng/mL pg
fL g/(24.h) {#}/[HPF] meq/L 10*12/L [lb_av] a mo"""


@pytest.mark.parametrize("unit", UNITS.split())
def test_units_of_clinics_are_known(unit: str) -> None:
    assert is_ucum(unit)


@pytest.mark.parametrize(
    "unit", ["", "mg dL", "mgdl", "foo", "mg/", "(mg", "mg)", "{", "kkg", "lbs", "ml/min/1,73", "°C", "x" * 61, "mg//dL"]
)
def test_words_that_are_no_units_are_not(unit: str) -> None:
    assert not is_ucum(unit)


def complaints_of(concept: CodeableConcept, **allowed: object) -> list[tuple[list[str], str]]:
    complaints = Complaints()
    check_concept(complaints, concept, ["code"], **allowed)  # type: ignore[arg-type]
    return [(error.path, error.message) for error in complaints.found]


def test_every_complaint_names_its_place() -> None:
    codings = [Coding(system="urn:made-up", code="1"), Coding(system=LOINC, code="4548-5"), Coding(system=CVX, code="140")]
    assert complaints_of(CodeableConcept(text=" ", codings=codings), systems=[LOINC, SNOMED_CT]) == [
        (["code", "text"], "Must not be empty."),
        (["code", "codings", "0", "system"], "'urn:made-up' is not a code system that OHMS knows."),
        (
            ["code", "codings", "1", "code"],
            "'4548-5' is no code of LOINC: digits, a hyphen and their check digit, such as 4548-4.",
        ),
        (["code", "codings", "2", "system"], "CVX is not a system for this; LOINC, SNOMED CT are."),
    ]


def test_words_alone_are_for_fields_that_let_them() -> None:
    words = CodeableConcept(text="A cough")
    assert complaints_of(words, text_alone=True) == []
    assert [path for path, _ in complaints_of(words)] == [["code", "codings"]]
    assert [path for path, _ in complaints_of(CodeableConcept(text="x", codings=[Coding(system=CVX, code="1")] * 11))] == [
        ["code", "codings"]
    ]


def test_icd_has_no_check_digit() -> None:
    assert is_icd_10_cm("E11.8")
