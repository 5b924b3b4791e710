"""The loader that all others are made from."""

import asyncio
from collections.abc import Hashable
from typing import Generic, TypeVar

from aiodataloader import DataLoader

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")


class Loader(DataLoader[K, R], Generic[K, R]):
    """Batches the keys asked for in one turn of the loop into one command. Lives as long as one operation.

    Results are shielded: graphql-core cancels the siblings of a failed field, and a cancelled waiter must not cancel the batch
    that others wait for.
    """

    def load(self, key: K) -> "asyncio.Future[R]":
        return asyncio.shield(super().load(key))
