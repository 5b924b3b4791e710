"""Numbers without gaps."""

from models.base import StoredDocument


class NumberSeries(StoredDocument):
    """The last number given of a series; the id is its name, such as ``invoices-2026``.

    It is raised in the transaction that uses the number: one that fails gives its number back, and racers wait for each other.
    """

    last: int

    class Settings(StoredDocument.Settings):
        name = "number_series"
