"""A patient's own wish to hear of results from their provider before they read them."""

from enum import StrEnum

from models.value_object import ValueObject


class ResultKind(StrEnum):
    LAB_REPORT = "LAB_REPORT"
    CLINICAL_NOTE = "CLINICAL_NOTE"


class ResultPreferences(ValueObject):
    """New entries of ``kinds`` wait ``days`` for the provider to have talked to the patient; none: all come at once."""

    kinds: list[ResultKind] = []
    days: int = 7
