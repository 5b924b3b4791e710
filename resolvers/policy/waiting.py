"""The one thing that patients learn of what is held from them: that results wait because they themselves asked for it."""

from models.confidentiality import Confidentiality
from models.record import RecordStatus, ReleaseHoldReason
from resolvers.access import Access
from resolvers.policy.rule import Filter, one_of


def waiting_for(access: Access) -> Filter | None:
    """The caller's own entries that are held for PATIENT_REQUEST; None for who is no patient. Proxies learn nothing.

    Of these rows nobody may be shown more than their kind and the end of the hold (45 CFR 171 leaves the choice to the patient).
    """
    rows = one_of(access.own)
    if rows is None:
        return None
    return {
        **rows,
        "status": {"$ne": RecordStatus.ENTERED_IN_ERROR.value},
        "confidentiality": {"$ne": Confidentiality.VERY_RESTRICTED.value},
        "release.hold.reason": ReleaseHoldReason.PATIENT_REQUEST.value,
        "release.hold.until": {"$gt": access.instant},
        "lab_report_id": None,
    }
