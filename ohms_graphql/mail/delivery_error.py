"""Why a mail did not leave."""


class DeliveryError(Exception):
    """``reason`` names no address and quotes nothing of the mail. ``temporary``: another try may help."""

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.temporary = temporary
