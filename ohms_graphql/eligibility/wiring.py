"""Which clearing house is asked."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from ohms_graphql.eligibility.without_gateway import WithoutGateway
from ohms_graphql.settings import Settings
from resolvers.eligibility.gateway import EligibilityGateway


def eligibility_of(settings: Settings) -> EligibilityGateway:
    key, npi = settings.eligibility_key, settings.clinic_npi
    if settings.eligibility_url is None or key is None or npi is None:
        return WithoutGateway()
    # It brings an HTTP client along, which a process without a clearing house does not need.
    from ohms_graphql.eligibility.clearing_house import ClearingHouse, House  # noqa: PLC0415

    house = House(
        url=settings.eligibility_url,
        key=key.get_secret_value(),
        organization=parseaddr(settings.mail_from or "")[0] or urlsplit(settings.public_url).hostname or "OHMS",
        npi=npi,
        currency=settings.currency,
    )
    return ClearingHouse(house)
