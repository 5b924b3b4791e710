"""A file that a caller is sending while the operation runs."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator

from resolvers.errors import ExpectedError


class BrokenUpload(ExpectedError):
    """The rest of the file did not come, or not as it should."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "BAD_REQUEST")


class IncomingFile(ABC):
    """Nothing of it is read before ``pieces`` is asked for, and the sender waits while nobody reads.

    ``name`` is what the sender calls it. ``at_least`` is how many bytes must come by what the sender announced; 0 where it did
    not. Neither is to be believed.
    """

    name: str | None = None
    at_least: int = 0

    @abstractmethod
    def pieces(self) -> AsyncIterator[bytes]:
        """The bytes, in small pieces. Raises BrokenUpload, also while they are read, and when it is called a second time."""

    def __repr__(self) -> str:
        return "a file"  # where a message quotes a value: its name may tell whose it is
