"""Looking a patient up by a medical record number."""

from models.patient import FormerMrn, Mrn
from resolvers.queries import Filter


def with_mrn(mrn: str) -> Filter:
    """The patient with this number; with that of a patient who was merged into them, too: wristbands live on."""
    # The type is for the planner: the index is of those only who have such numbers.
    former = [{"former_mrns": FormerMrn.lookup(mrn)}, {"former_mrns": {"$type": "binData"}}]
    return {"$or": [{"mrn": Mrn.lookup(mrn)}, {"$and": former}]}
