"""Where files are kept, encrypted: a port."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class FileWriter(Protocol):
    async def write(self, piece: bytes) -> None: ...

    async def finish(self) -> None:
        """The file is whole."""
        ...


class DocumentStore(Protocol):
    """Memory never depends on the size of a file. ``max_bytes`` is the largest that is taken."""

    @property
    def max_bytes(self) -> int: ...

    def writing(self, file_id: str) -> AbstractAsyncContextManager[FileWriter]:
        """A new file. What was written of one that is not finished stays until it is removed."""
        ...

    def reading(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """The bytes that were written. Raises DocumentFault, also while they are read, when they are not there unchanged."""
        ...

    async def remove(self, file_id: str) -> None:
        """All that is there of a file, whole or not; nothing is fine."""
        ...

    def address(self, account_id: str, record_id: str, version: int) -> str:
        """Where an account downloads the file of a version of a record; good for five minutes."""
        ...


class DocumentFault(Exception):
    """A stored file was altered, cut, moved, or lies under a key that this deployment does not have."""

    def __init__(self, file_id: str) -> None:
        super().__init__(f"The stored file {file_id} cannot be decrypted as it was written.")
        self.file_id = file_id
