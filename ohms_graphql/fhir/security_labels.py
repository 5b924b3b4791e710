"""FHIR's security labels (``meta.security``) as levels of confidentiality."""

from models.confidentiality import Confidentiality, strictest
from ohms_graphql.fhir.element import Element

# HL7 v3 Confidentiality, and those sensitivity codes of v3 ActCode that RULES of the field treat apart: psychotherapy notes are
# outside the right of access, substance use (42 CFR part 2), mental, sexual and reproductive health and abuse are restricted.
CONFIDENTIALITY = {
    "V": Confidentiality.VERY_RESTRICTED,
    "PSYTHPN": Confidentiality.VERY_RESTRICTED,
    **dict.fromkeys(
        ["R", "ETH", "ETHUD", "SUD", "SUICIDE", "OPIOIDUD", "PSY", "MH", "BH", "HIV", "STD", "SEX", "REPRO", "SDV", "DV", "SCA"],
        Confidentiality.RESTRICTED,
    ),
}


def confidentiality(resource: Element) -> Confidentiality:
    """The strictest of the resource's security labels."""
    meta = resource.element("meta")
    labels = [element.text("code") for element in meta.elements("security")] if meta else []
    return strictest(*(CONFIDENTIALITY[label] for label in labels if label in CONFIDENTIALITY))
