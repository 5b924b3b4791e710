"""How closely something is kept."""

from enum import StrEnum


class Confidentiality(StrEnum):
    """HL7 v3 Confidentiality, three levels of it, from the least to the most strict.

    NORMAL is for everybody whose right reaches the patient. RESTRICTED keeps proxies out: what a minor came for alone, substance
    use. VERY_RESTRICTED is its author's alone (psychotherapy notes, 45 CFR 164.501).
    """

    NORMAL = "NORMAL"
    RESTRICTED = "RESTRICTED"
    VERY_RESTRICTED = "VERY_RESTRICTED"


def strictest(*levels: Confidentiality) -> Confidentiality:
    """NORMAL when there are none."""
    ranks = list(Confidentiality)
    return max(levels, key=ranks.index, default=Confidentiality.NORMAL)
