"""Whether a proxy's right holds at an instant."""

from datetime import date, datetime

from models.patient import Proxy, ProxyRelationship
from resolvers.majority import Majority


def right_holds(proxy: Proxy, born: date | None, instant: datetime, majority: Majority) -> bool:
    """Within its period, half-open, and for a parent only until the child comes of age.

    Where no birth date is known, a right by parenthood is not shown to hold.
    """
    if not proxy.period.contains(instant):
        return False
    if proxy.relationship is not ProxyRelationship.PARENT:
        return True
    return majority.reached(born, instant) is False
