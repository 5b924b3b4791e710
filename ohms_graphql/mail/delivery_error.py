"""Why a mail did not leave."""

from resolvers.ports import MailNotTaken


class DeliveryError(MailNotTaken):
    """``reason`` names no address and quotes nothing of the mail. ``temporary``: another try may help."""
