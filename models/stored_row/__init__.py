"""Reading stored rows for an answer: only the fields that it needs, by a validator made for just these."""

from models.stored_row.reading import projection, read_row, read_rows
from models.stored_row.row import NotRead, RowsAreReadOnly, stored_class
from models.stored_row.validator import UnreadableRow

__all__ = ["NotRead", "RowsAreReadOnly", "UnreadableRow", "projection", "read_row", "read_rows", "stored_class"]
